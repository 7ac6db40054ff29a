/** What calls in browsers carry: PCM with 16 bits, one channel, so many samples a second, in frames of 20 ms. */
export const RATE = 16_000;
export const FRAME = 320;

/** Zero crossings of the filter on each side of a sample: more of them cut sharper and take longer. */
const CROSSINGS = 16;
/** The filter falls off a little below what the lower rate can carry, so that nothing is folded back. */
const ROLL_OFF = 0.92;
/** Values of the filter between two samples, with straight lines between them. */
const STEPS = 256;

/**
 * Changes the rate of a sound, piece by piece, by a sinc under a Hann window
 * (https://ccrma.stanford.edu/~jos/resample/). What it gives lags half a filter behind, about a millisecond.
 */
export class Resampler {
  readonly #step: number;
  readonly #reach: number;
  readonly #filter: Float32Array;
  #known: Float32Array;
  /** Where the next sample is taken, in samples of what is known. */
  #at: number;

  constructor(from: number, to: number) {
    const scale = Math.min(1, to / from) * ROLL_OFF;
    this.#step = from / to;
    this.#reach = Math.ceil(CROSSINGS / scale);
    this.#filter = Float32Array.from({ length: (this.#reach + 1) * STEPS + 1 }, (_, i) => {
      const x = i / STEPS;
      if (x >= this.#reach) return 0;
      const angle = Math.PI * x * scale;
      return scale * (x === 0 ? 1 : Math.sin(angle) / angle) * (0.5 + 0.5 * Math.cos((Math.PI * x) / this.#reach));
    });
    this.#known = new Float32Array(this.#reach);
    this.#at = this.#reach;
  }

  #filterAt(distance: number): number {
    const x = Math.abs(distance) * STEPS;
    const i = Math.floor(x);
    const low = this.#filter[i] ?? 0;
    return low + ((this.#filter[i + 1] ?? 0) - low) * (x - i);
  }

  push(samples: Float32Array): Float32Array {
    const known = new Float32Array(this.#known.length + samples.length);
    known.set(this.#known);
    known.set(samples, this.#known.length);
    const made: number[] = [];
    for (; this.#at + this.#reach < known.length; this.#at += this.#step) {
      let sum = 0;
      const end = Math.floor(this.#at + this.#reach);
      for (let i = Math.max(0, Math.ceil(this.#at - this.#reach)); i <= end; i++) sum += known[i]! * this.#filterAt(this.#at - i);
      made.push(sum);
    }
    const past = Math.max(0, Math.floor(this.#at) - this.#reach);
    this.#known = known.slice(past);
    this.#at -= past;
    return Float32Array.from(made);
  }
}

const LOUDEST = 32_767;
const toPcm = (sample: number) => Math.round(Math.max(-1, Math.min(1, sample)) * LOUDEST);

/** Sound as it comes from a microphone, cut into frames. */
export class Framer {
  readonly #resampler: Resampler | undefined;
  #frame = new Int16Array(FRAME);
  #filled = 0;

  constructor(rate: number) {
    this.#resampler = rate === RATE ? undefined : new Resampler(rate, RATE);
  }

  push(samples: Float32Array, emit: (frame: Int16Array<ArrayBuffer>) => void) {
    for (const sample of this.#resampler?.push(samples) ?? samples) {
      this.#frame[this.#filled++] = toPcm(sample);
      if (this.#filled < FRAME) continue;
      emit(this.#frame);
      this.#frame = new Int16Array(FRAME);
      this.#filled = 0;
    }
  }
}

/** Frames that come in bursts: so much is waited for before the first is heard, and after a gap. */
const HEAD_START = 3;
/** Ten seconds: what is more than that is not played in time by anybody. */
const MOST_FRAMES = 500;

/** Frames that wait to be heard. */
export class PlayQueue {
  readonly #rate: number;
  #resampler: Resampler | undefined;
  #waiting: Float32Array[] = [];
  /** Samples of the first that were heard already. */
  #heard = 0;
  #playing = false;

  constructor(rate: number) {
    this.#rate = rate;
    this.#resampler = rate === RATE ? undefined : new Resampler(RATE, rate);
  }

  push(frame: Int16Array) {
    const samples = Float32Array.from(frame, (sample) => sample / (LOUDEST + 1));
    this.#waiting.push(this.#resampler?.push(samples) ?? samples);
    if (this.#waiting.length > MOST_FRAMES) this.#drop();
    if (this.#waiting.length >= HEAD_START) this.#playing = true;
  }

  #drop() {
    this.#waiting.shift();
    this.#heard = 0;
  }

  /** Nothing of what waits is to be heard any more. */
  clear() {
    this.#waiting = [];
    this.#heard = 0;
    this.#playing = false;
    this.#resampler = this.#rate === RATE ? undefined : new Resampler(RATE, this.#rate);
  }

  /** Fills what is to be heard next, with silence where nothing waits. */
  pull(out: Float32Array) {
    out.fill(0);
    for (let at = 0; this.#playing && at < out.length; ) {
      const first = this.#waiting[0];
      if (!first) {
        // the end of what was said, or a gap
        this.#playing = false;
        return;
      }
      const piece = first.subarray(this.#heard, this.#heard + out.length - at);
      out.set(piece, at);
      at += piece.length;
      this.#heard += piece.length;
      if (this.#heard >= first.length) this.#drop();
    }
  }
}

/** How loud a frame is, from 0 to 1: silence is 0, a voice near the microphone about two thirds. */
export function levelOf(frame: Int16Array): number {
  let sum = 0;
  for (const sample of frame) sum += (sample / LOUDEST) ** 2;
  const decibels = 10 * Math.log10(sum / Math.max(1, frame.length) + 1e-9);
  return Math.max(0, Math.min(1, (decibels + 60) / 60));
}
