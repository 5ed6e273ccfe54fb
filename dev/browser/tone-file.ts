const SAMPLE_RATE = 48_000;
/** Whole periods of any whole hertz, so that it repeats without a click. */
const SECONDS = 1;
/** Half of full scale. */
const AMPLITUDE = 0.5 * 32_767;
const HEADER_BYTES = 44;

/** A second of a sine wave: 16-bit mono PCM in a WAV file. */
export function toneFile(hz: number): Buffer {
  const samples = SAMPLE_RATE * SECONDS;
  const file = Buffer.alloc(HEADER_BYTES + samples * 2);
  file.write('RIFF', 0, 'ascii');
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8, 'ascii');
  file.writeUInt32LE(16, 16); // length of the format
  file.writeUInt16LE(1, 20); // PCM
  file.writeUInt16LE(1, 22); // channels
  file.writeUInt32LE(SAMPLE_RATE, 24);
  file.writeUInt32LE(SAMPLE_RATE * 2, 28); // bytes a second
  file.writeUInt16LE(2, 32); // bytes a frame
  file.writeUInt16LE(16, 34); // bits a sample
  file.write('data', 36, 'ascii');
  file.writeUInt32LE(samples * 2, 40);
  for (let sample = 0; sample < samples; sample += 1) {
    const value = AMPLITUDE * Math.sin((2 * Math.PI * hz * sample) / SAMPLE_RATE);
    file.writeInt16LE(Math.round(value), HEADER_BYTES + sample * 2);
  }
  return file;
}
