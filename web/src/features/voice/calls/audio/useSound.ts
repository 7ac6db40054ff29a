import { useEffect, useRef, useState } from 'react';
import type { Ears } from '../useConversation';
import type { MicFault, Sound } from './sound';

/** `off` until somebody begins, `asking` while the browser asks, `on` with a microphone, else why there is none. */
export type Mic = 'off' | 'asking' | 'on' | MicFault;

/** The sound of a call in this page: begun by a click, ended with the page. */
export function useSound(send: (frame: ArrayBuffer) => void) {
  const sound = useRef<Sound | undefined>(undefined);
  const level = useRef<(level: number) => void>(() => undefined);
  const latest = useRef(send);
  latest.current = send;
  const [mic, setMic] = useState<Mic>('off');
  const [muted, setMuted] = useState(false);
  const left = useRef(false);

  useEffect(() => {
    left.current = false;
    return () => {
      left.current = true;
      sound.current?.close();
    };
  }, []);

  const begin = async () => {
    setMic('asking');
    try {
      const { openSound } = await import('./sound');
      sound.current ??= await openSound({ frame: (frame) => latest.current(frame), level: (now) => level.current(now) });
      if (left.current) return sound.current.close();
      setMic((await sound.current.listen()) ?? 'on');
    } catch {
      // no worklets, or no sound at all
      setMic('unsupported');
    }
  };
  const mute = (on: boolean) => {
    sound.current?.mute(on);
    setMuted(on);
  };
  const end = () => {
    sound.current?.close();
    sound.current = undefined;
    setMic('off');
  };
  const ears: Ears = { play: (frame) => sound.current?.play(frame), clear: () => sound.current?.clear() };
  /** Tells how loud the microphone is, some fifty times a second, past the page's own rendering. */
  const onLevel = (tell: (level: number) => void) => void (level.current = tell);
  return { mic, muted, mute, begin, end, ears, onLevel };
}
