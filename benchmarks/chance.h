/* The chance of the references in this folder: the ChaCha20 keystream (RFC 8439) of a key, and the rejection of
   adapters/simulation/slots/chance.py, so that they play the very rounds that our simulation plays with the same key. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define BLOCKS 64
static uint32_t state[16], words[16 * BLOCKS];
static int at = 16 * BLOCKS;

#define ROTATE(x, n) (((x) << (n)) | ((x) >> (32 - (n))))
#define QUARTER(a, b, c, d)                                                                                              \
    a += b; d ^= a; d = ROTATE(d, 16); c += d; b ^= c; b = ROTATE(b, 12);                                                \
    a += b; d ^= a; d = ROTATE(d, 8);  c += d; b ^= c; b = ROTATE(b, 7);

/* The key is 64 hexadecimal digits. */
static void seed(const char *key) {
    memcpy(state, "expand 32-byte k", 16);
    for (int i = 0; i < 32; i++) {
        unsigned byte = 0;
        sscanf(key + 2 * i, "%2x", &byte);
        state[4 + i / 4] |= byte << 8 * (i % 4);
    }
}

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
