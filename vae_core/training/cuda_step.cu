// What a graphics card computes between the matrix products of a step (vae_core/training/cuda_step.py), each in one go.
//
// Compiled when a training starts, by NVRTC, which comes with torch for CUDA; includes nothing. All numbers are float32,
// row after row. b images, p pixels, d latent. Launched with as many threads as a kernel's comment says, rounded up.
// The tests compile this file with a C++ compiler too, and run the threads one after the other, where WARP is 1.

#ifndef WARP
#define WARP 32  // threads that go together, and can add up their numbers
#endif

__device__ int thread() { return blockIdx.x * blockDim.x + threadIdx.x; }

template <class Number> __device__ Number sum_of_warp(Number value) {
    for (int apart = WARP / 2; apart; apart /= 2) value += __shfl_xor_sync(0xffffffff, value, apart);
    return value;
}

// x (b, p) in [0, 1] of the images (n, p), bytes, at indices (b,). A thread for every four pixels.
extern "C" __global__ void pictures(
    const unsigned char* images, const long long* indices, float* x, int b, int p
) {
    int i = thread(), row = i / (p / 4), four = i % (p / 4);
    if (row >= b) return;
    uchar4 bytes = ((const uchar4*)(images + indices[row] * p))[four];
    float4 pixels;
    pixels.x = bytes.x * (1 / 255.0f);
    pixels.y = bytes.y * (1 / 255.0f);
    pixels.z = bytes.z * (1 / 255.0f);
    pixels.w = bytes.w * (1 / 255.0f);
    ((float4*)x)[i] = pixels;
}

// z = mean + eps * std (b, d), the reparameterisation trick; code (b, 2d) is mean and logvar. A thread a number.
extern "C" __global__ void sample(const float* code, const float* eps, float* z, int b, int d) {
    int i = thread(), row = i / d, j = i % d;
    if (row >= b) return;
    float mean = code[row * 2 * d + j], logvar = code[row * 2 * d + d + j];
    z[i] = mean + eps[i] * expf(0.5f * logvar);
}

// The error of a pixel x with the logit l, and its gradient, times share. The card's own short functions are right to
// 1e-6 here, while the products before were rounded to 1e-3.
__device__ float of_pixel(float l, float x, int bce, float share, float* dlogit) {
    float small = __expf(-fabsf(l)), copy = __fdividef(l < 0 ? small : 1.0f, 1 + small), off = copy - x;
    *dlogit = share * (bce ? off : off * copy * (1 - copy));
    return bce ? fmaxf(l, 0) - x * l + __logf(1 + small) : 0.5f * off * off;
}

// Adds each image's error to errors (b, parts), each part of its pixels on its own, and gives its gradient by the
// logits, times share. The logits are rows (b, p) + bias (p,). With bce: max(l, 0) - x l + log(1 + exp(-|l|)), whose
// gradient is sigmoid(l) - x; else half the squared distance. A warp a part.
extern "C" __global__ void loss(
    const float* __restrict__ rows, const float* __restrict__ bias, const float* __restrict__ x, float* errors,
    float* __restrict__ dlogits, int b, int p, int parts, int bce, float share
) {
    int part = thread() / WARP, lane = thread() % WARP, fours = p / 4 / parts;
    if (part >= b * parts) return;
    float error = 0;
    for (int i = part * fours + lane; i < (part + 1) * fours; i += WARP) {
        float4 l = ((const float4*)rows)[i], pixels = ((const float4*)x)[i], d;
        float4 more = ((const float4*)bias)[i % (p / 4)];
        error += of_pixel(l.x + more.x, pixels.x, bce, share, &d.x) + of_pixel(l.y + more.y, pixels.y, bce, share, &d.y);
        error += of_pixel(l.z + more.z, pixels.z, bce, share, &d.z) + of_pixel(l.w + more.w, pixels.w, bce, share, &d.w);
        ((float4*)dlogits)[i] = d;
    }
    error = sum_of_warp(error);
    if (lane == 0) errors[part] += error;
}

// The gradient by code (b, 2d) from that by z (b, d), both parts of it; adds twice the KL to kls (b, d). A thread a
// number. dz/dlogvar = eps * std / 2; of the KL, times share and beta: by the mean, the mean; by logvar,
// (variance - 1) / 2.
extern "C" __global__ void penalty(
    const float* code, const float* eps, const float* dz, float* dcode, float* kls, int b, int d, float beta_share
) {
    int i = thread(), row = i / d, j = i % d;
    if (row >= b) return;
    int at = row * 2 * d + j;
    float mean = code[at], logvar = code[at + d], std = expf(0.5f * logvar), more = std * std - 1;
    kls[i] += more + mean * mean - logvar;
    dcode[at] = dz[i] + beta_share * mean;
    dcode[at + d] = 0.5f * (dz[i] * eps[i] * std + beta_share * more);
}

// Adds up the columns of dout (b, n), which is the gradient of the biases, in groups of 16 rows, to sums (groups, width).
// A thread a column of a group.
extern "C" __global__ void columns(const float* dout, float* sums, int b, int n, int width) {
    const int rows = 16;
    int i = thread(), group = i / n, j = i % n;
    if (group * rows >= b) return;
    float sum = 0;
#pragma unroll
    for (int k = 0; k < rows; k++) sum += group * rows + k < b ? dout[(group * rows + k) * n + j] : 0;
    sums[group * width + j] = sum;
}

// Adds up sums (groups, width) over the groups. A thread a column.
extern "C" __global__ void together(const float* sums, float* out, int groups, int width) {
    int j = thread();
    if (j >= width) return;
    float sum = 0;
#pragma unroll 16
    for (int group = 0; group < groups; group++) sum += sums[group * width + j];
    out[j] = sum;
}

// The sum of every stride-th of many numbers, from the first on; they become 0.
__device__ double emptied(float* numbers, int many, int first, int stride) {
    const int at_once = 4;
    double sum = 0;
    for (int i = first; i < many; i += at_once * stride) {
        float found[at_once];
#pragma unroll
        for (int k = 0; k < at_once; k++) found[k] = i + k * stride < many ? numbers[i + k * stride] : 0;
#pragma unroll
        for (int k = 0; k < at_once; k++) {
            if (i + k * stride < many) numbers[i + k * stride] = 0;
            sum += found[k];
        }
    }
    return sum;
}

// Both terms summed over all images, from errors, and from kls, which are twice the KL: to sums (rows, 2), which are
// parts of them. A warp a row.
extern "C" __global__ void take(float* errors, float* kls, double* sums, int many_errors, int many_kls, int rows) {
    int row = thread() / WARP;
    if (row >= rows) return;
    double error = sum_of_warp(emptied(errors, many_errors, thread(), rows * WARP));
    double kl = sum_of_warp(emptied(kls, many_kls, thread(), rows * WARP)) / 2;
    if (thread() % WARP) return;
    sums[2 * row] = error;
    sums[2 * row + 1] = kl;
}

// Adds up the parts: sums (rows, 2) to out (2,). A warp a term.
extern "C" __global__ void total(const double* sums, double* out, int rows) {
    int term = thread() / WARP;
    if (term >= 2) return;
    double sum = 0;
    for (int row = thread() % WARP; row < rows; row += WARP) sum += sums[2 * row + term];
    sum = sum_of_warp(sum);
    if (thread() % WARP == 0) out[term] = sum;
}

__device__ void move(float* weight, float g, float* mean, float* square, float rate, float root, float b1, float b2) {
    *mean += (g - *mean) * (1 - b1);
    *square = *square * b2 + g * g * (1 - b2);
    *weight -= rate * *mean / (sqrtf(*square) * root + 1e-8f);
}

// Adam's step number count[0] over n weights, a multiple of four; log1, log2: the logarithms of b1 and b2, which keep
// 1 - b ** count exact. A thread for every four.
extern "C" __global__ void adam(
    float* weights, const float* gradients, float* means, float* squares, const float* count, int n, float lr,
    float b1, float b2, float log1, float log2
) {
    int i = thread();
    if (4 * i >= n) return;
    float rate = lr / -expm1f(*count * log1), root = rsqrtf(-expm1f(*count * log2));
    float4 w = ((float4*)weights)[i], g = ((const float4*)gradients)[i];
    float4 m = ((float4*)means)[i], s = ((float4*)squares)[i];
    move(&w.x, g.x, &m.x, &s.x, rate, root, b1, b2);
    move(&w.y, g.y, &m.y, &s.y, rate, root, b1, b2);
    move(&w.z, g.z, &m.z, &s.z, rate, root, b1, b2);
    move(&w.w, g.w, &m.w, &s.w, rate, root, b1, b2);
    ((float4*)weights)[i] = w;
    ((float4*)means)[i] = m;
    ((float4*)squares)[i] = s;
}
