import { refreshSession } from '@/shared/api/client';
import { signInAgain } from '@/shared/api/reauth';
import { type Phase, type Told, toldOf } from './conversation';

/** `talk`: the browser is the other side of the call; `listen`: somebody of the practice watches it. */
export type Way = 'talk' | 'listen';

/** What a browser tells the server about a call. */
export type Saying = { type: 'say'; text: string } | { type: 'key'; digits: string } | { type: 'take_over' } | { type: 'release' } | { type: 'hang_up' };

type Listener = {
  told: (message: Told) => void;
  /** 20 ms of sound: PCM with 16 bits, 16 kHz, one channel. */
  sound?: (frame: ArrayBuffer) => void;
  phase: (phase: Phase) => void;
};

export type CallSocket = {
  /** False when there is nobody to tell. */
  say: (saying: Saying) => boolean;
  sound: (frame: ArrayBuffer) => void;
  close: () => void;
};

const SESSION_ENDED = 4401;
const NOT_UNDER_WAY = 4404;
/**
 * How long it waits before each further try; after the last it gives up. A call ends when its other side is away, so that
 * there is nothing to come back to once it was there.
 */
const WAITS_MS: Record<Way, readonly number[]> = { listen: [250, 500, 1000, 2000, 4000, 8000], talk: [250, 1000] };
/** Half a second of sound that could not be sent: what comes on top would be heard too late to be of use. */
const MOST_WAITING = 16_000;

const addressOf = (id: string, way: Way) => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/calls/${id}/${way}`;

/**
 * A call's socket. One that watches comes back by itself when the network breaks, or when the session had to be renewed. It
 * ends with the call, and when the server says that the call is not under way there.
 */
export function openCall(id: string, way: Way, listener: Listener): CallSocket {
  let socket: WebSocket | undefined;
  let tries = 0;
  let wasThere = false;
  let over = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const end = (phase: Phase) => {
    over = true;
    listener.phase(phase);
  };

  const onMessage = ({ data }: MessageEvent<unknown>) => {
    if (over) return;
    tries = 0;
    wasThere = true;
    if (data instanceof ArrayBuffer) return listener.sound?.(data);
    const told = typeof data === 'string' ? toldOf(data) : undefined;
    if (!told) return;
    if (told.type === 'ended') over = true;
    listener.told(told);
  };

  const onClose = async ({ code }: CloseEvent, openedAt: number) => {
    socket = undefined;
    if (over) return;
    if (code === NOT_UNDER_WAY) return end('gone');
    if (way === 'talk' && wasThere) return end('lost');
    listener.phase('broken');
    if (code === SESSION_ENDED) {
      const renewal = await refreshSession(openedAt).catch(() => 'renewed' as const);
      if (renewal !== 'renewed' && !(await signInAgain(renewal))) return end('lost');
    }
    if (over) return;
    const wait = WAITS_MS[way][tries++];
    if (wait === undefined) return end(way === 'talk' ? 'gone' : 'lost');
    timer = setTimeout(connect, wait);
  };

  function connect() {
    const openedAt = Date.now();
    socket = new WebSocket(addressOf(id, way));
    socket.binaryType = 'arraybuffer';
    socket.onmessage = onMessage;
    socket.onclose = (event) => void onClose(event, openedAt);
  }
  connect();

  const isOpen = () => socket?.readyState === WebSocket.OPEN;
  return {
    say(saying) {
      if (!isOpen()) return false;
      socket?.send(JSON.stringify(saying));
      return true;
    },
    sound(frame) {
      if (isOpen() && (socket?.bufferedAmount ?? 0) < MOST_WAITING) socket?.send(frame);
    },
    close() {
      over = true;
      clearTimeout(timer);
      socket?.close();
    },
  };
}
