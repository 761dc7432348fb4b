/* A reference of benchmarks/slots.py: rounds of one slot with lines and free games, on the tables of tables.h.
   Arguments: rounds, key. Prints the CPU seconds, the units won, their squares, and the free games played. */
#include <stdlib.h>
#include <time.h>
#include "chance.h"
#include "tables.h"

static inline int64_t spin(int free_game, int *award) {
    const int16_t(*strips)[LONGEST] = free_game ? FREE_STRIPS : BASE_STRIPS;
    const uint32_t *stops = free_game ? FREE_STOPS : BASE_STOPS;
    const int16_t *shown[REELS];
    int scatters = 0;
    for (int reel = 0; reel < REELS; reel++) {
        shown[reel] = strips[reel] + below(stops[reel]);
        for (int row = 0; row < ROWS; row++) scatters += shown[reel][row] == SCATTER;
    }
    int64_t win = SCATTER_PAYS[scatters];
    for (int line = 0; line < LINE_COUNT; line++) {
        int node = ROOT;
        for (int reel = 0; reel < REELS; reel++) {
            node = BRANCHES[node][shown[reel][LINES[line][reel]]];
            if (node < 0) break;
        }
        win += UNITS[-1 - node];
    }
    *award = free_game ? FREE_AWARDS[scatters] : BASE_AWARDS[scatters];
    return win * (free_game ? FREE_FACTOR : BASE_FACTOR);
}

int main(int count, char **arguments) {
    if (count < 3) return 2;
    long rounds = atol(arguments[1]), games = 0;
    seed(arguments[2]);
    int64_t total = 0, square = 0;
    clock_t start = clock();
    for (long i = 0; i < rounds; i++) {
        int left, again;
        int64_t win = spin(0, &left);
        while (left) {
            left--;
            games++;
            win += spin(1, &again);
            left += again;
        }
        if (win > CAP) win = CAP;
        total += win;
        square += win * win;
    }
    printf("%.6f %lld %lld %ld\n", (double)(clock() - start) / CLOCKS_PER_SEC, (long long)total, (long long)square, games);
    return 0;
}
