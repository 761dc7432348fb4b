"""Statistics on random numbers, offline: what a lab asks for, what a lab's own judges say, and a report of both.

No statistical test can show that a generator is strong: Mersenne Twister passes nearly all of them. They show defects.
"""
