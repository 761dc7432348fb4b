"""`python -m rgs`."""

from rgs.cli import main

main()
