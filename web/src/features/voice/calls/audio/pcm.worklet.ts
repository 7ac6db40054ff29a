// Runs beside the page, in the thread of its sound: microphone in, loudspeaker out. It is a file of its own, as the page's policy
// lets no script in that is not one.
import { Framer, PlayQueue } from './pcm';

declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;
declare const sampleRate: number;

/** Hands frames of the microphone over, as they fill. */
class Capture extends AudioWorkletProcessor {
  readonly #framer = new Framer(sampleRate);

  process([input]: Float32Array[][]): boolean {
    const samples = input?.[0];
    if (samples) this.#framer.push(samples, ({ buffer }) => this.port.postMessage(buffer, [buffer]));
    return true;
  }
}

/** Plays frames, and drops those that wait when it is told anything else. */
class Player extends AudioWorkletProcessor {
  readonly #queue = new PlayQueue(sampleRate);

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<unknown>) => (data instanceof ArrayBuffer ? this.#queue.push(new Int16Array(data)) : this.#queue.clear());
  }

  process(_inputs: Float32Array[][], [output]: Float32Array[][]): boolean {
    const [first, ...others] = output ?? [];
    if (!first) return true;
    this.#queue.pull(first);
    for (const other of others) other.set(first);
    return true;
  }
}

registerProcessor('vantage-capture', Capture);
registerProcessor('vantage-player', Player);
