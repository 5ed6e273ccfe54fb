import { powerSpectrum } from './spectrum.ts';

/** A Hann window spreads a pure tone over this many bins on either side of its peak. */
const TONE_HALF_WIDTH_BINS = 2;

export interface DominantFrequency {
  /** 0 for silence. */
  readonly hz: number;
  /** How much of the energy it holds, 0 to 1: near 1 for a tone, near 0 for noise and silence. */
  readonly share: number;
}

/** The strongest frequency of a recording and how far it stands out. Looks at the newest power of two of the samples. */
export function dominantFrequency(samples: Int16Array, sampleRate: number): DominantFrequency {
  const size = samples.length < 4 ? 0 : 2 ** Math.floor(Math.log2(samples.length));
  if (size === 0) return { hz: 0, share: 0 };
  const power = powerSpectrum(samples.subarray(samples.length - size));
  const total = power.reduce((sum, value) => sum + value, 0);
  if (total === 0) return { hz: 0, share: 0 };
  const peak = power.reduce((best, value, bin) => (value > (power[best] ?? 0) ? bin : best), 0);
  const tone = power
    .subarray(Math.max(0, peak - TONE_HALF_WIDTH_BINS), peak + TONE_HALF_WIDTH_BINS + 1)
    .reduce((sum, value) => sum + value, 0);
  return { hz: ((peak + offsetOfPeak(power, peak)) * sampleRate) / size, share: tone / total };
}

/** Level of a recording as a fraction of full scale: 0 for silence, about 0.35 for a sine at half of it. */
export function loudness(samples: Int16Array): number {
  if (samples.length === 0) return 0;
  const squares = samples.reduce((sum, sample) => sum + sample ** 2, 0);
  return Math.sqrt(squares / samples.length) / 32_768;
}

/** Where between the bins the peak lies: the vertex of a parabola through the logarithms of it and its neighbours. */
function offsetOfPeak(power: Float64Array, peak: number): number {
  const [left, top, right] = [power[peak - 1], power[peak], power[peak + 1]].map((value) =>
    Math.log((value ?? 0) + Number.MIN_VALUE),
  );
  if (left === undefined || top === undefined || right === undefined) return 0;
  const curvature = left - 2 * top + right;
  return curvature === 0 ? 0 : Math.max(-0.5, Math.min(0.5, (0.5 * (left - right)) / curvature));
}
