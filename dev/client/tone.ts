/** Half of full scale: loud enough to stand out, far from clipping after the codec. */
const AMPLITUDE = 0.5 * 32_767;

/** Samples of a sine wave from `startSample` on, so that consecutive frames join without a click. */
export function toneSamples(
  hz: number,
  sampleRate: number,
  startSample: number,
  length: number,
): Int16Array<ArrayBuffer> {
  const samples = new Int16Array(length);
  for (let index = 0; index < length; index += 1) {
    samples[index] = Math.round(
      AMPLITUDE * Math.sin((2 * Math.PI * hz * (startSample + index)) / sampleRate),
    );
  }
  return samples;
}

/** A tone no earlier run is likely to have used: whole hertz between 300 and 1200, well inside what speech codecs keep. */
export function randomToneHz(): number {
  return 300 + Math.floor(Math.random() * 901);
}
