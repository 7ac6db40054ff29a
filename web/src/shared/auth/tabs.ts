/** Tells the other tabs of this browser that the cookies they share have changed hands. Carries no names. */
export type SessionNews = 'signed-in' | 'signed-out';

const channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('vantage.session');

export const tellTabs = (news: SessionNews) => channel?.postMessage(news);

export function listenToTabs(listener: (news: SessionNews) => void): () => void {
  const onMessage = (event: MessageEvent<SessionNews>) => listener(event.data);
  channel?.addEventListener('message', onMessage);
  return () => channel?.removeEventListener('message', onMessage);
}
