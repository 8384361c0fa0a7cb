// What the kernels share: vectors of LANES floats, and how a loop of constant length is written.
//
// Included once by every instruction set's file, after it has defined LANES.

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

/// LANES floats at an aligned address.
typedef float lanes __attribute__((vector_size(LANES * 4)));
/// LANES floats anywhere.
typedef float lanes_anywhere __attribute__((vector_size(LANES * 4), aligned(4)));

/// LANES complex numbers, their real and imaginary parts apart.
typedef struct { lanes re, im; } complex_lanes;

INLINE lanes load(const float *p) { return *(const lanes *)p; }
INLINE lanes load_anywhere(const float *p) { return *(const lanes_anywhere *)p; }
INLINE void store(float *p, lanes v) { *(lanes *)p = v; }
