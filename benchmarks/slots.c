/* The reference of benchmarks/slots.py: rounds of one slot with lines and free games, on the tables of tables.h, fed by
   ChaCha20 (RFC 8439). Prints the CPU seconds, the rounds and the units won.  cc -O3 -march=native -I DIR slots.c */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "tables.h"

#define BLOCKS 64
static uint32_t state[16], words[16 * BLOCKS];
static int at = 16 * BLOCKS;

#define ROTATE(x, n) (((x) << (n)) | ((x) >> (32 - (n))))
#define QUARTER(a, b, c, d)                                                                                              \
    a += b; d ^= a; d = ROTATE(d, 16); c += d; b ^= c; b = ROTATE(b, 12);                                                \
    a += b; d ^= a; d = ROTATE(d, 8);  c += d; b ^= c; b = ROTATE(b, 7);

static void fill(void) {
    for (int block = 0; block < BLOCKS; block++) {
        uint32_t x[16];
        memcpy(x, state, sizeof x);
        for (int i = 0; i < 10; i++) {
            QUARTER(x[0], x[4], x[8], x[12]) QUARTER(x[1], x[5], x[9], x[13])
            QUARTER(x[2], x[6], x[10], x[14]) QUARTER(x[3], x[7], x[11], x[15])
            QUARTER(x[0], x[5], x[10], x[15]) QUARTER(x[1], x[6], x[11], x[12])
            QUARTER(x[2], x[7], x[8], x[13]) QUARTER(x[3], x[4], x[9], x[14])
        }
        for (int i = 0; i < 16; i++) words[16 * block + i] = x[i] + state[i];
        state[12]++;
    }
    at = 0;
}

static inline uint32_t below(uint32_t bound) {
    for (;;) {
        if (at == 16 * BLOCKS) fill();
        uint64_t word = words[at++];
        uint32_t value = (uint32_t)word % bound;
        if (word - value + bound <= (1ull << 32)) return value;
    }
}

static inline int64_t spin(int free_game, int *award) {
    const int16_t(*strips)[LONGEST] = free_game ? FREE : BASE;
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
    *award = AWARDS[scatters];
    return win * (free_game ? FREE_FACTOR : 1);
}

int main(int count, char **arguments) {
    long rounds = count > 1 ? atol(arguments[1]) : 1000000;
    memcpy(state, "expand 32-byte k", 16);
    for (int i = 4; i < 12; i++) state[i] = 0x9E3779B9u * (uint32_t)i;
    int64_t total = 0, square = 0;
    clock_t start = clock();
    for (long i = 0; i < rounds; i++) {
        int left, again;
        int64_t win = spin(0, &left);
        while (left) {
            left--;
            win += spin(1, &again);
            left += again;
        }
        if (win > CAP) win = CAP;
        total += win;
        square += win * win;
    }
    printf("%.6f %ld %lld %lld\n", (double)(clock() - start) / CLOCKS_PER_SEC, rounds, (long long)total, (long long)square);
    return 0;
}
