import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { after, connected, type Conversation, silence } from './conversation';
import { type CallSocket, openCall, type Saying, type Way } from './socket';

/** What is done with sound that comes in, where somebody hears it. */
export type Ears = { play: (frame: ArrayBuffer) => void; clear: () => void };

/**
 * A call as it runs: what is said, and the way to say something. Nothing is opened while `on` is false. When the call ends,
 * everything that shows it is fetched again.
 */
export function useConversation(id: string, way: Way, { on = true, ears }: { on?: boolean; ears?: Ears | undefined } = {}) {
  const client = useQueryClient();
  const [now, setNow] = useState<Conversation>(silence);
  const socket = useRef<CallSocket | undefined>(undefined);
  const hearing = useRef(ears);
  hearing.current = ears;

  useEffect(() => {
    if (!on) return undefined;
    setNow(silence);
    const opened = openCall(id, way, {
      phase: (phase) => {
        setNow((before) => connected(before, phase));
        // asking how the call stands renews the session as well, where that was the reason
        if (phase !== 'open') void client.invalidateQueries({ queryKey: ['call'] });
      },
      sound: (frame) => hearing.current?.play(frame),
      told: (told) => {
        if (told.type === 'clear') hearing.current?.clear();
        setNow((before) => after(before, told));
        if (told.type === 'ended') for (const key of ['call', 'case', 'patient']) void client.invalidateQueries({ queryKey: [key] });
      },
    });
    socket.current = opened;
    return () => {
      socket.current = undefined;
      opened.close();
    };
  }, [id, way, on, client]);

  return {
    now,
    say: (saying: Saying) => socket.current?.say(saying) ?? false,
    sound: (frame: ArrayBuffer) => socket.current?.sound(frame),
  };
}
