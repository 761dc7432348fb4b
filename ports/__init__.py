"""The nouns and the promises of the house; the standard library only.

Whoever writes a wallet, a store or a game reads this package and no other. What crosses a boundary is declared here;
`core` decides with it, `adapters` and `games` fulfil it.
"""
