/* A reference of benchmarks/slots.py: rounds of one slot whose wins fall away, in clusters (CLUSTERS) or anywhere, on the
   tables of tables.h. Arguments: rounds, key. Prints the CPU seconds, the units won, their squares, and the free games. */
#include <stdlib.h>
#include <time.h>
#include "chance.h"
#include "tables.h"

struct phase {
    const int16_t (*strips)[LONGEST];
    const uint32_t *stops;
    const int32_t *awards, *steps;
    int last_step, valued;
    const int32_t (*sums)[OPTIONS], (*values)[OPTIONS];
};

static const struct phase base = {BASE_STRIPS,    BASE_STOPS,  BASE_AWARDS, BASE_STEPS,
                                  BASE_LAST_STEP, BASE_VALUED, BASE_SUMS,   BASE_VALUES};
static const struct phase free_ = {FREE_STRIPS,    FREE_STOPS,  FREE_AWARDS, FREE_STEPS,
                                   FREE_LAST_STEP, FREE_VALUED, FREE_SUMS,   FREE_VALUES};

static int8_t board[REELS][ROWS], gone[REELS][ROWS];
static int32_t value[REELS][ROWS];

static void draw_value(const struct phase *p, int reel, int row) {
    const int32_t *sums = p->sums[board[reel][row]];
    value[reel][row] = 0;
    if (sums[OPTIONS - 1]) {
        int point = below(sums[OPTIONS - 1]), option = 0;
        while (sums[option] <= point) option++;
        value[reel][row] = p->values[board[reel][row]][option];
    }
}

#if CLUSTERS
static int8_t seen[REELS][ROWS], cells[REELS * ROWS][2];

static inline int reach(int symbol, int reel, int row, int size) {
    if (reel < 0 || reel >= REELS || row < 0 || row >= ROWS || seen[reel][row] == symbol + 1) return size;
    if (board[reel][row] != symbol && !(board[reel][row] == WILD && STANDS[symbol])) return size;
    seen[reel][row] = symbol + 1;
    cells[size][0] = reel;
    cells[size][1] = row;
    return size + 1;
}

static int64_t evaluate(void) {
    int64_t win = 0;
    memset(seen, 0, sizeof seen);
    for (int reel = 0; reel < REELS; reel++)
        for (int row = 0; row < ROWS; row++) {
            int symbol = board[reel][row];
            if (!COUNTS[symbol][REELS * ROWS] || seen[reel][row] == symbol + 1) continue;
            int size = reach(symbol, reel, row, 0);
            for (int i = 0; i < size; i++) {
                int x = cells[i][0], y = cells[i][1];
                size = reach(symbol, x + 1, y, size);
                size = reach(symbol, x - 1, y, size);
                size = reach(symbol, x, y + 1, size);
                size = reach(symbol, x, y - 1, size);
            }
            if (!COUNTS[symbol][size]) continue;
            win += COUNTS[symbol][size];
            for (int i = 0; i < size; i++) gone[cells[i][0]][cells[i][1]] = 1;
        }
    return win;
}
#else
static int64_t evaluate(void) {
    int count[SYMBOLS] = {0}, wins[SYMBOLS];
    int64_t win = 0;
    for (int reel = 0; reel < REELS; reel++)
        for (int row = 0; row < ROWS; row++) count[board[reel][row]]++;
    for (int symbol = 0; symbol < SYMBOLS; symbol++) {
        wins[symbol] = COUNTS[symbol][count[symbol]];
        win += wins[symbol];
    }
    if (win)
        for (int reel = 0; reel < REELS; reel++)
            for (int row = 0; row < ROWS; row++) gone[reel][row] = wins[board[reel][row]] != 0;
    return win;
}
#endif

static void fall(const struct phase *p, int *above) {
    for (int reel = 0; reel < REELS; reel++) {
        int low = ROWS - 1;
        for (int row = ROWS - 1; row >= 0; row--)
            if (!gone[reel][row]) {
                board[reel][low] = board[reel][row];
                value[reel][low--] = value[reel][row];
            }
        int holes = low + 1, size = p->stops[reel];
        above[reel] -= holes;
        if (above[reel] < 0) above[reel] += size;
        for (int row = 0; row < holes; row++) {
            board[reel][row] = p->strips[reel][FRESH ? below(size) : (uint32_t)(above[reel] + row)];
            value[reel][row] = -1;
        }
        memset(gone[reel], 0, sizeof gone[reel]);
    }
    if (p->valued)
        for (int reel = 0; reel < REELS; reel++)
            for (int row = 0; row < ROWS; row++)
                if (value[reel][row] < 0) draw_value(p, reel, row);
}

static int64_t spin(const struct phase *p, int *award) {
    int above[REELS], step = 0, scatters = 0;
    int64_t win = 0, won;
    for (int reel = 0; reel < REELS; reel++) {
        above[reel] = below(p->stops[reel]);
        for (int row = 0; row < ROWS; row++) board[reel][row] = p->strips[reel][above[reel] + row];
    }
    if (p->valued)
        for (int reel = 0; reel < REELS; reel++)
            for (int row = 0; row < ROWS; row++) draw_value(p, reel, row);
    while ((won = evaluate())) {
        win += won * p->steps[step];
        if (step < p->last_step) step++;
        fall(p, above);
    }
    if (p->valued && win) {
        int64_t factor = 0;
        for (int reel = 0; reel < REELS; reel++)
            for (int row = 0; row < ROWS; row++) factor += value[reel][row];
        if (factor > 1) win *= factor;
    }
    for (int reel = 0; reel < REELS; reel++)
        for (int row = 0; row < ROWS; row++) scatters += board[reel][row] == SCATTER;
    *award = p->awards[scatters];
    return win + SCATTER_PAYS[scatters];
}

int main(int count, char **arguments) {
    if (count < 3) return 2;
    long rounds = atol(arguments[1]), games = 0;
    seed(arguments[2]);
    int64_t total = 0, square = 0;
    clock_t start = clock();
    for (long i = 0; i < rounds; i++) {
        int left, again;
        int64_t win = spin(&base, &left);
        while (left) {
            left--;
            games++;
            win += spin(&free_, &again);
            left += again;
        }
        if (win > CAP) win = CAP;
        total += win;
        square += win * win;
    }
    printf("%.6f %lld %lld %ld\n", (double)(clock() - start) / CLOCKS_PER_SEC, (long long)total, (long long)square, games);
    return 0;
}
