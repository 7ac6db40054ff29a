import type { QueryClient } from '@tanstack/react-query';
import { refreshSession } from '@/shared/api/client';
import { onRecovered } from '@/shared/api/connection';
import { signInAgain } from '@/shared/api/reauth';
import { sessionQuery } from '@/shared/auth/session';
import { checkConnection } from '@/shared/api/send';

const SESSION_ENDED = 4401;
const FIRST_MS = 500;
const LONGEST_MS = 30_000;
/** A burst of changes (an import, say) becomes one reload of the lists on screen. */
const GATHER_MS = 120;

const address = () => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/live`;

/** Full jitter: after a restart of the server its clients come back spread over time, not all at once. */
export const backoff = (attempt: number, random: () => number = Math.random) =>
  random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt);

export function topicOf(data: unknown): string | undefined {
  try {
    const message: unknown = JSON.parse(String(data));
    return message && typeof message === 'object' && 'topic' in message ? String(message.topic) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Keeps what is on screen true: the server says which kind of record changed, and every query whose key starts with
 * that topic is fetched again. Messages carry ids only, so nothing confidential travels here. After a gap, or when the
 * server says `resync`, everything is fetched again, since nobody knows what was missed. Returns the way to stop.
 */
export function startLive(client: QueryClient): () => void {
  let socket: WebSocket | undefined;
  let attempt = 0;
  let hadHello = false;
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let gathering: ReturnType<typeof setTimeout> | undefined;
  const changed = new Set<string>();

  const flush = () => {
    gathering = undefined;
    // whose a task is follows from who can come in
    if (changed.has('staff') || changed.has('role')) changed.add('task');
    for (const topic of changed) void client.invalidateQueries({ queryKey: [topic] });
    // what is offered, and to whom, stands with the opening
    if (changed.has('offer') || changed.has('wish')) void client.invalidateQueries({ queryKey: ['opening'] });
    // notes, tasks, messages and calls stand in their patient's timeline
    if (['note', 'task', 'message', 'call'].some((topic) => changed.has(topic))) void client.invalidateQueries({ queryKey: ['patient', 'timeline'] });
    // the session names the practice and says what it demands of whoever is in
    if (changed.has('practice')) void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
    changed.clear();
  };

  const onMessage = (event: MessageEvent) => {
    const topic = topicOf(event.data);
    if (!topic) return;
    if (topic === 'resync') return void client.invalidateQueries();
    if (topic === 'hello') {
      attempt = 0;
      if (hadHello) void client.invalidateQueries();
      hadHello = true;
      return;
    }
    changed.add(topic);
    gathering ??= setTimeout(flush, GATHER_MS);
  };

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(connect, backoff(attempt++));
  };

  const onClose = async (event: CloseEvent, openedAt: number) => {
    if (stopped) return;
    socket = undefined;
    if (event.code !== SESSION_ENDED) {
      void checkConnection();
      return later();
    }
    const renewal = await refreshSession(openedAt).catch(() => 'renewed' as const);
    if (renewal !== 'renewed' && !(await signInAgain(renewal))) return;
    if (!stopped) later();
  };

  function connect() {
    clearTimeout(timer);
    if (stopped || socket) return;
    const openedAt = Date.now();
    socket = new WebSocket(address());
    socket.onmessage = onMessage;
    socket.onclose = (event) => void onClose(event, openedAt);
  }

  const soon = () => {
    attempt = 0;
    connect();
  };
  const stopListening = onRecovered(soon);
  window.addEventListener('online', soon);
  connect();

  return () => {
    stopped = true;
    clearTimeout(timer);
    clearTimeout(gathering);
    stopListening();
    window.removeEventListener('online', soon);
    socket?.close();
  };
}
