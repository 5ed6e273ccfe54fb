import type { RemoteTrack } from 'livekit-client';
import type { Voice } from '../page-calls.ts';

/** At 48 kHz two thirds of a second, 1.5 Hz a bin. */
const WINDOW_SAMPLES = 32_768;
const LISTEN_EVERY_MS = 200;
/** -50 dB of full scale in one bin: far above comfort noise, far below the echo of a tone at half of it. */
const AUDIBLE_DB = -50;
/** The analyser's window spreads a pure tone over this many bins on either side. */
const HALF_WIDTH_BINS = 3;
const CLEAR_SHARE = 0.7;

/** Listens until one clear tone stands out of the track. */
export async function hearTone(track: RemoteTrack): Promise<Voice> {
  const context = new AudioContext();
  try {
    const analyser = context.createAnalyser();
    analyser.fftSize = WINDOW_SAMPLES;
    analyser.smoothingTimeConstant = 0;
    context.createMediaStreamSource(new MediaStream([track.mediaStreamTrack])).connect(analyser);
    for (;;) {
      const voice = strongestTone(analyser, context.sampleRate);
      if (voice !== undefined && voice.share >= CLEAR_SHARE) return voice;
      await new Promise((resolve) => setTimeout(resolve, LISTEN_EVERY_MS));
    }
  } finally {
    await context.close();
  }
}

function strongestTone(analyser: AnalyserNode, sampleRate: number): Voice | undefined {
  const decibels = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(decibels);
  const peak = decibels.reduce((best, value, bin) => (value > (decibels[best] ?? 0) ? bin : best), 0);
  if (!((decibels[peak] ?? -Infinity) > AUDIBLE_DB)) return undefined;
  const energy = (bins: Float32Array): number => bins.reduce((sum, value) => sum + 10 ** (value / 10), 0);
  const tone = decibels.subarray(Math.max(0, peak - HALF_WIDTH_BINS), peak + HALF_WIDTH_BINS + 1);
  return { hz: (peak * sampleRate) / analyser.fftSize, share: energy(tone) / energy(decibels) };
}
