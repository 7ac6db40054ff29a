// A day with appointments for journeys, through the API with the page's own cookies.
import { BASE } from './browser.mjs';

const call = async (request, method, path, data) => {
  const answer = await request.fetch(`${BASE}/api/v1${path}`, { method, headers: { 'Idempotency-Key': crypto.randomUUID(), Origin: BASE }, ...(data ? { data } : {}) });
  if (!answer.ok()) throw new Error(`${path}: ${answer.status()} ${await answer.text()}`);
  return answer.json();
};
export const get = (request, path) => call(request, 'GET', path);
export const post = (request, path, data) => call(request, 'POST', path, data);

const DAY_MS = 86_400_000;
/** The practice of the demo keeps its clocks three hours ahead, all year round. */
export const at = (day, time) => `${day}T${time}:00+03:00`;

/** A working day months from now with nothing booked yet, at the demo's first location, with two people who work then. */
export async function quietDay(request) {
  const { id: locationId } = (await get(request, '/locations')).items[0];
  const from = 60 + Math.floor(Math.random() * 200);
  for (let ahead = from; ahead < from + 30; ahead++) {
    const day = new Date(Date.now() + ahead * DAY_MS).toISOString().slice(0, 10);
    const { hours, items } = await get(request, `/calendar?locationId=${locationId}&from=${day}&to=${day}`);
    // from nine to one, and again from four
    const working = hours.filter((h) => h.open.length === 2).map((h) => h.providerId);
    if (!items.length && working.length > 1) return { day, locationId, providers: working };
  }
  throw new Error('no quiet day to be found');
}

/** Patients and a service to book with. */
export async function visitors(request, count) {
  const { items } = await post(request, '/patients/query', { limit: count });
  const services = (await get(request, '/services?limit=200')).items;
  const plain = services.find((s) => !s.bufferBeforeMinutes && !s.bufferAfterMinutes) ?? services[0];
  return { patients: items.map((p) => p.id), serviceId: plain.id };
}
