// Messages for pictures and looks, through the API with the page's own cookies, all by the sandbox.
import { BASE } from './browser.mjs';

const call = async (request, method, path, data) => {
  const answer = await request.fetch(`${BASE}/api/v1${path}`, { method, headers: { 'Idempotency-Key': crypto.randomUUID(), Origin: BASE }, ...(data ? { data } : {}) });
  if (!answer.ok()) throw new Error(`${path}: ${answer.status()} ${await answer.text()}`);
  return answer.status() === 204 ? undefined : answer.json();
};

const PATIENCE_MS = 15_000;
/** Once the sandbox has it. */
async function sent(request, { id }) {
  const until = Date.now() + PATIENCE_MS;
  while (Date.now() < until) {
    const { state } = await call(request, 'GET', `/messages/${id}`);
    if (!['queued', 'sending'].includes(state)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`message ${id} was not sent`);
}

/** A conversation with one patient, and an answer that nobody has read; nothing, where there are messages already. */
export async function addMessages(request) {
  if ((await call(request, 'GET', '/message-inbox?limit=1')).items.length) return;
  const number = `+96650${String(Date.now()).slice(-7)}`;
  const consents = { sms: { granted: true }, email: { granted: true } };
  const patient = await call(request, 'POST', '/patients', { givenName: 'Maha', familyName: 'Al-Otaibi', givenNameOther: 'مها', familyNameOther: 'العتيبي', language: 'en', sex: 'female', phones: [{ number }], emails: [{ address: `maha.${number.slice(-8)}@example.com` }], consents });
  const send = async (data) => {
    const message = await call(request, 'POST', '/messages', { patientId: patient.id, ...data });
    await sent(request, message);
    return message;
  };
  const mail = await send({ channel: 'email', subject: 'Before the treatment', text: 'Dear {{ patient.givenName }},\n\nplease eat nothing for two hours before your visit, and bring your X-rays if you have any.\n\n{{ practice.name }}' });
  const text = await send({ channel: 'sms', text: '{{ practice.name }}: your X-ray is ready. Would you like to see it together with the doctor?' });
  await send({ channel: 'sms', text: 'مرحبًا {{ patient.givenName }}، نذكّركم بإحضار بطاقة التأمين.', language: 'ar' });
  await call(request, 'POST', '/message-sandbox/bounces', { messageId: mail.id });
  await call(request, 'POST', '/message-sandbox/replies', { messageId: text.id, text: 'Yes please, but only after four o’clock. هل يمكن يوم الأحد؟' });
}
