/**
 * Power of each frequency bin up to half the sample rate, by a radix-2 FFT under a Hann window.
 *
 * The window keeps a tone between two bins from leaking over the spectrum: its energy stays within two bins of the peak.
 *
 * @param samples - a power of two of them
 */
export function powerSpectrum(samples: Int16Array): Float64Array {
  const size = samples.length;
  const real = windowed(samples);
  const imaginary = new Float64Array(size);
  reorder(real);
  for (let span = 2; span <= size; span *= 2) combine(real, imaginary, span);
  return Float64Array.from({ length: size / 2 }, (_, bin) => at(real, bin) ** 2 + at(imaginary, bin) ** 2);
}

/** Without its mean, since a constant offset is not sound. */
function windowed(samples: Int16Array): Float64Array {
  const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
  return Float64Array.from(
    samples,
    (sample, index) => (sample - mean) * (0.5 - 0.5 * Math.cos((2 * Math.PI * index) / samples.length)),
  );
}

/** Bit-reversed order, in place: what the butterflies below start from. */
function reorder(values: Float64Array): void {
  for (let index = 1, reversed = 0; index < values.length; index += 1) {
    let bit = values.length >> 1;
    for (; (reversed & bit) !== 0; bit >>= 1) reversed ^= bit;
    reversed ^= bit;
    if (index < reversed) {
      const held = at(values, index);
      values[index] = at(values, reversed);
      values[reversed] = held;
    }
  }
}

/** One stage: butterflies over every block of `span` values. */
function combine(real: Float64Array, imaginary: Float64Array, span: number): void {
  const half = span / 2;
  for (let offset = 0; offset < half; offset += 1) {
    const cosine = Math.cos((-2 * Math.PI * offset) / span);
    const sine = Math.sin((-2 * Math.PI * offset) / span);
    for (let low = offset; low < real.length; low += span) {
      const high = low + half;
      const re = at(real, high) * cosine - at(imaginary, high) * sine;
      const im = at(real, high) * sine + at(imaginary, high) * cosine;
      real[high] = at(real, low) - re;
      imaginary[high] = at(imaginary, low) - im;
      real[low] = at(real, low) + re;
      imaginary[low] = at(imaginary, low) + im;
    }
  }
}

function at(values: Float64Array, index: number): number {
  return values[index] ?? 0;
}
