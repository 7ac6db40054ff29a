import workletUrl from './pcm.worklet?worker&url';
import { FRAME, levelOf } from './pcm';

/** Why there is no microphone: forbidden, none there, taken by another program, or a page that may not ask. */
export type MicFault = 'refused' | 'none' | 'busy' | 'unsupported';

export type Sound = {
  play: (frame: ArrayBuffer) => void;
  clear: () => void;
  /** While it is muted, silence is sent: whoever listens hears that the line is there. */
  mute: (on: boolean) => void;
  /** Opens the microphone; tells why that did not work. */
  listen: () => Promise<MicFault | undefined>;
  close: () => void;
};

type Out = { frame: (frame: ArrayBuffer) => void; level: (level: number) => void };

/** What is wrong with a microphone, by the name of the browser's error (https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia). */
export function faultOf(error: unknown): MicFault {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'none';
  return name === 'NotReadableError' || name === 'AbortError' ? 'busy' : 'unsupported';
}

/** The sound of a call. Browsers let a page make a sound only after somebody did something on it. */
export async function openSound(out: Out): Promise<Sound> {
  const context = new AudioContext({ latencyHint: 'interactive' });
  await context.audioWorklet.addModule(workletUrl);
  const player = new AudioWorkletNode(context, 'vantage-player', { numberOfInputs: 0, outputChannelCount: [1] });
  player.connect(context.destination);
  await context.resume();
  let stream: MediaStream | undefined;
  let muted = false;
  let closed = false;

  const onFrame = ({ data }: MessageEvent<ArrayBuffer>) => {
    const frame = muted ? new Int16Array(FRAME) : new Int16Array(data);
    out.level(levelOf(frame));
    out.frame(frame.buffer);
  };
  const stop = () => stream?.getTracks().forEach((track) => track.stop());

  return {
    play: (frame) => player.port.postMessage(frame, [frame]),
    clear: () => player.port.postMessage('clear'),
    mute: (on) => void (muted = on),
    async listen() {
      if (!navigator.mediaDevices?.getUserMedia) return 'unsupported';
      try {
        stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true } });
      } catch (error) {
        return faultOf(error);
      }
      // the page was left while the browser asked
      if (closed) return void stop();
      const capture = new AudioWorkletNode(context, 'vantage-capture', { numberOfOutputs: 0, channelCount: 1, channelCountMode: 'explicit' });
      capture.port.onmessage = onFrame;
      context.createMediaStreamSource(stream).connect(capture);
      return undefined;
    },
    close() {
      closed = true;
      stop();
      void context.close();
    },
  };
}
