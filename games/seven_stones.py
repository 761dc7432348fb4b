"""Seven Stones: clusters on seven by seven; what pays leaves, fresh stones fall, and later falls pay more."""

from fractions import Fraction

from core.slots.game import SlotGame
from core.slots.machine import Cascade, Clusters, Machine, Wild, strips
from core.slots.phase import Phase

_REELS = """
    onyx onyx opal pearl onyx amber topaz topaz jade pearl amber pearl onyx pearl amber star topaz amber pearl
    pearl onyx opal pearl ruby pearl opal jade onyx pearl jade ruby amber ruby amber opal topaz opal jade amber
    onyx jade amber opal opal onyx amber ruby topaz jade

    pearl pearl amber pearl amber onyx topaz jade topaz topaz onyx opal amber amber topaz onyx onyx pearl ruby
    opal pearl onyx opal onyx jade opal pearl jade topaz onyx jade ruby jade onyx opal opal star amber amber
    pearl amber amber pearl opal jade amber ruby ruby pearl

    onyx pearl topaz onyx opal onyx jade amber topaz pearl topaz amber opal jade ruby opal amber amber opal
    amber pearl pearl jade amber pearl ruby topaz star jade pearl amber amber pearl onyx onyx opal pearl pearl
    topaz ruby amber onyx onyx onyx opal ruby opal jade jade

    topaz amber pearl amber onyx pearl opal amber topaz pearl pearl onyx amber topaz ruby onyx ruby onyx onyx
    pearl ruby jade star topaz jade opal onyx amber amber topaz jade jade amber pearl pearl amber jade ruby
    pearl opal amber opal onyx pearl opal jade opal onyx opal

    pearl ruby amber pearl star ruby topaz ruby onyx amber amber onyx pearl opal onyx opal opal jade onyx jade
    jade pearl opal pearl topaz jade topaz jade amber pearl onyx ruby amber opal onyx amber pearl amber amber
    onyx topaz pearl opal pearl amber jade opal topaz onyx

    amber amber onyx ruby amber pearl onyx opal onyx ruby onyx onyx amber jade jade pearl topaz amber jade pearl
    opal onyx jade star amber topaz onyx pearl opal ruby pearl topaz opal jade pearl onyx opal amber amber pearl
    opal ruby pearl topaz jade amber opal topaz pearl

    amber pearl onyx pearl topaz amber onyx opal amber opal onyx opal topaz opal amber onyx pearl amber topaz
    opal pearl jade ruby amber amber jade amber onyx pearl jade topaz opal ruby pearl amber topaz star pearl
    onyx opal onyx jade onyx pearl jade pearl jade ruby ruby
"""


game = SlotGame(
    id="seven-stones",
    name="Seven Stones",
    version="1",
    machine=Machine(
        rows=7,
        pattern=Clusters(),
        pays={
            "ruby": {5: 98, 6: 148, 7: 197, 8: 295, 9: 393, 10: 590, 12: 983, 15: 2458, 20: 7867},
            "topaz": {5: 69, 6: 103, 7: 138, 8: 207, 9: 275, 10: 413, 12: 688, 15: 1721, 20: 5507},
            "jade": {5: 49, 6: 74, 7: 98, 8: 148, 9: 197, 10: 295, 12: 492, 15: 1229, 20: 3933},
            "opal": {5: 39, 6: 59, 7: 79, 8: 118, 9: 157, 10: 236, 12: 393, 15: 983, 20: 3147},
            "onyx": {5: 30, 6: 44, 7: 59, 8: 89, 9: 118, 10: 177, 12: 295, 15: 738, 20: 2360},
            "amber": {5: 25, 6: 37, 7: 49, 8: 74, 9: 98, 10: 148, 12: 246, 15: 615, 20: 1967},
            "pearl": {5: 20, 6: 30, 7: 39, 8: 59, 9: 79, 10: 118, 12: 197, 15: 492, 20: 1573},
        },
        base=Phase(strips=strips(_REELS), steps=(1, 1, 2, 2, 3, 4, 5)),
        cost=20,
        wild=Wild(symbol="star"),
        cascade=Cascade(refill="fresh"),
    ),
    rtp=Fraction(9603, 10000),
    cap=100_000,
)
