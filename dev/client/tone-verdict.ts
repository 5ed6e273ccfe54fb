import { dominantFrequency, loudness } from './dominant-frequency.ts';

/** -40 dB of full scale: an echo of half of full scale is far above, comfort noise far below. */
const AUDIBLE = 0.01;
/** Far more than the rest of the spectrum together: two tones, or a tone in noise, are no clear tone. */
const STANDS_OUT = 0.7;
const TOLERANCE = 0.02;

export type ToneVerdict =
  | { readonly heard: true; readonly hz: number; readonly share: number }
  | { readonly heard: false; readonly reason: string };

/** Whether a recording holds one clear tone, and the one that was sent: silence, noise or another tone are none. */
export function judgeTone(samples: Int16Array, sampleRate: number, sentHz: number): ToneVerdict {
  const level = loudness(samples);
  if (level < AUDIBLE) return { heard: false, reason: `silence (level ${level.toFixed(4)})` };
  const { hz, share } = dominantFrequency(samples, sampleRate);
  const found = `${hz.toFixed(1)} Hz holds ${share.toFixed(2)} of the energy, sent ${sentHz} Hz`;
  if (share < STANDS_OUT) return { heard: false, reason: `no clear tone: ${found}` };
  if (Math.abs(hz - sentHz) > TOLERANCE * sentHz) return { heard: false, reason: `another tone: ${found}` };
  return { heard: true, hz, share };
}
