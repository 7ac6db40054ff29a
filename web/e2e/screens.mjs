// Every screen, for those who check them and those who take pictures of them.

const row = '[data-row]';
const submit = (p) => p.locator('button[type=submit]').click();
const open = async (p) => {
  await p.locator(row).first().click();
  await p.getByRole('dialog').waitFor();
};
/** The page of the first patient of the list. */
const toPatient = (tab, ready = 'time') => async (p) => {
  await p.locator(row).first().click();
  await p.locator('dl').first().waitFor();
  if (!tab) return;
  await p.getByRole('tab').nth(tab).click();
  await p.locator(ready).first().waitFor();
};
/** The drawer over a list, for its first row. */
const peek = async (p) => {
  await p.locator(row).first().focus();
  await p.keyboard.press('Space');
  await p.getByRole('dialog').locator('time').first().waitFor();
};
/** The policies of the first patient of the worklist. */
const toPolicies = async (p) => {
  await p.locator(row).first().click();
  await p.locator('[data-policy]').first().waitFor();
};
const toNewPolicy = async (p) => {
  await toPolicies(p);
  await p.locator('ul + div button').last().click();
  await p.getByRole('dialog').waitFor();
  await submit(p);
};
/** The form for a new endpoint of webhooks, sent while it is empty, with the events of an area before one. */
const toNewWebhook = async (p) => {
  await p.locator('main').getByRole('button', { name: /^(New endpoint|وجهة جديدة)$/ }).click();
  await p.locator('[data-area] summary').nth(1).click();
  await submit(p);
};
/** The first endpoint, with a delivery of its log opened. */
const toWebhookLog = async (p) => {
  await p.locator('[data-endpoint]').first().click();
  await p.locator('[data-delivery] button').first().click();
  await p.locator('pre').waitFor();
};
const toFilter = async (p) => {
  await p.getByRole('button', { name: /^(Filter|تصفية)$/ }).click();
  const add = p.getByRole('button', { name: /^(Add condition|إضافة شرط)$/ });
  await add.click();
  await p.getByRole('button', { name: /^(Add group|إضافة مجموعة)$/ }).click();
  await add.first().click();
};
const choosing = async (p) => {
  const boxes = p.locator('tbody input[type=checkbox]');
  if (await boxes.count()) {
    await boxes.nth(1).click();
    await boxes.nth(3).click({ modifiers: ['Shift'] });
  } else {
    await p.getByRole('button', { name: /^(More|المزيد)$/ }).click();
    await p.getByRole('menuitem', { name: /^(Select patients|اختيار مرضى)$/ }).click();
    for (const at of [1, 3]) await p.locator(row).nth(at).click();
  }
  await p.getByRole('region', { name: /chosen|المختارين/ }).waitFor();
};
const lookFor = (text) => async (p) => {
  await p.locator('main input').first().fill(text);
  await p.locator(row).first().waitFor({ state: 'detached' });
};
const booked = '[data-entry]';
/** The form for a new appointment, sent while it is empty. */
const toBooking = async (p) => {
  await p.locator('main').getByRole('button', { name: /^(New appointment|موعد جديد)$/ }).click();
  await p.getByRole('dialog').locator('textarea').first().waitFor();
  await submit(p);
};
/** What is free at the first place, on the page for patients. */
const toTimes = async (p) => {
  await p.locator('label:has(input[type=radio])').first().click();
  await p.locator('[data-start]').first().waitFor();
};
const toDetails = async (p) => {
  await toTimes(p);
  await p.locator('[data-start]').last().click();
  // others look at the same page at the same time, and may have been quicker
  const [kept, instead] = [p.locator('[role=timer]'), p.locator('[data-alternative]').first()];
  for (let tries = 0; tries < 9; tries++) {
    await kept.or(instead).first().waitFor();
    if (await kept.isVisible()) break;
    await instead.click();
  }
  await submit(p);
};
/** The first appointment of the first patient who has one. */
const toVisit = async (p) => {
  const found = await p.request.get(`${new URL(p.url()).origin}/api/v1/appointments?limit=1&sort=-start`);
  const { patientId, id } = (await found.json()).items[0];
  await p.goto(`${new URL(p.url()).origin}/patients/${patientId}?tab=appointments&appointment=${id}`);
  await p.getByRole('dialog').locator('time').first().waitFor();
};
/** The form for a wish, with days and times, sent while it lacks the rest. */
const toWish = async (p) => {
  await p.locator('main').getByRole('button', { name: /^(Add to the waitlist|إضافة إلى قائمة الانتظار)$/ }).first().click();
  await p.getByRole('dialog').locator('textarea').first().waitFor();
  await p.getByRole('button', { name: /^(Add days and times|إضافة أيام وأوقات)$/ }).click();
  await submit(p);
};
const toHelp = async (p) => {
  await p.keyboard.press('?');
  await p.getByRole('dialog', { name: /^(Keyboard shortcuts|اختصارات لوحة المفاتيح)$/ }).waitFor();
};
const toOffering = async (p) => {
  await p.getByRole('button', { name: /^(How times are offered|كيف تُعرض المواعيد)$/ }).click();
  await p.getByRole('dialog').waitFor();
};
const toRules = async (p) => {
  await p.getByRole('button', { name: /^(Rules|القواعد)$/ }).click();
  await p.getByRole('dialog').locator('[data-rule]').first().waitFor();
};
/** A visit to come behind the link that its patient gets; `act`: what they do there. */
const toLink = (act) => async (p) => {
  const base = new URL(p.url()).origin;
  const get = async (path) => (await p.request.get(`${base}/api/v1${path}`)).json();
  const from = new Date(Date.now() + 2 * 86_400_000).toISOString();
  const { id, patientId } = (await get(`/appointments?limit=50&status=scheduled&from=${from}`)).items[0];
  const [year, month, day] = (await get(`/patients/${patientId}`)).birthDate.split('-');
  const { url } = await (await p.request.post(`${base}/api/v1/appointments/${id}/link`, { headers: { Origin: base } })).json();
  await p.goto(base + url.slice(url.indexOf('/v#')));
  const parts = p.locator('fieldset input');
  for (const [n, value] of [day, month, year].entries()) await parts.nth(n).fill(value);
  if (!act) return;
  await submit(p);
  await p.locator('main dl').waitFor();
  await act(p);
  // the end, where what is to be decided lies behind everything and not over it
  await p.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
};
/** A workflow that shows all there is: made once, and found again by its name. */
const PICTURED = 'Missed visit, in pictures';
const pictured = {
  trigger: { kind: 'event', event: 'appointment.no_show', condition: { and: [{ '!!': [{ var: 'patient.phone' }] }, { or: [{ '==': [{ var: 'patient.status' }, 'active'] }, { '>': [{ var: 'patient.age' }, 17] }] }] } },
  steps: [
    { kind: 'wait', id: 'wait1', name: null, wait: { for: 'duration', minutes: 120 }, within: 'waking' },
    {
      kind: 'branch', id: 'branch1', name: null, otherwise: [{ kind: 'stop', id: 'stop1', name: null, outcome: 'done', message: null }],
      paths: [
        { id: 'path1', name: null, condition: { and: [{ '==': [{ var: 'patient.language' }, 'ar'] }] }, steps: [
          { kind: 'action', id: 'note1', name: null, action: 'note.add', fields: { patientId: '{{ patient.id }}', text: '{{ patient.givenName }} did not come on {{ appointment.start |date }}.' } },
          { kind: 'wait', id: 'wait2', name: null, wait: { for: 'event', event: 'appointment.booked', timeoutMinutes: 2880 } },
        ] },
        { id: 'path2', name: 'Others', condition: null, steps: [{ kind: 'action', id: 'records1', name: null, action: 'records.find', fields: { subject: 'appointment' } }, { kind: 'loop', id: 'loop1', name: null, list: 'records1.items', limit: 20, steps: [{ kind: 'action', id: 'text1', name: null, action: 'text.format', fields: { text: '{{ item.id }}' } }] }] },
      ],
    },
  ],
};
const toWorkflow = (key) => async (p) => {
  const base = new URL(p.url()).origin;
  const found = (await (await p.request.get(`${base}/api/v1/workflows?q=${encodeURIComponent(PICTURED)}`)).json()).items[0];
  const made = found ?? (await (await p.request.post(`${base}/api/v1/workflows`, { headers: { Origin: base, 'Idempotency-Key': crypto.randomUUID() }, data: { name: PICTURED, definition: pictured } })).json());
  await p.goto(`${base}/workflows/${made.id}`);
  await p.locator('[data-key=trigger]').waitFor();
  if (!key) return;
  await p.locator(`[data-key="${key}"]`).click();
  await p.locator('[data-inspector] input, [data-inspector] p').first().waitFor();
};
const toAdding = async (p) => {
  await toWorkflow('branch1')(p);
  await p.getByRole('button', { name: /^(Close|إغلاق)$/ }).first().click();
  await p.getByRole('button', { name: /^(Add a step here|إضافة خطوة هنا)$/ }).first().click();
  await p.getByRole('dialog').waitFor();
};
/** The newest messages of a patient who has some; with `writing` the composer below them. */
const toConversation = (writing) => async (p) => {
  const base = new URL(p.url()).origin;
  const { items } = await (await p.request.get(`${base}/api/v1/messages?limit=50`)).json();
  const { patientId } = items.find((one) => one.patientId);
  await p.goto(`${base}/patients/${patientId}?tab=messages${writing ? '&write=true' : ''}`);
  await p.locator(writing ? 'textarea' : '[data-message]').first().waitFor();
};
/** A patient answers, for whoever looks at the conversation has read what came before. */
const toInbox = async (p) => {
  const base = new URL(p.url()).origin;
  const { items } = await (await p.request.get(`${base}/api/v1/messages?limit=1&channel=sms&direction=out&provider=sandbox&state=sent,delivered,replied`)).json();
  const headers = { Origin: base };
  await p.request.post(`${base}/api/v1/message-sandbox/replies`, { headers, data: { messageId: items[0].id, text: 'Yes please, but only after four o’clock. هل يمكن يوم الأحد؟' } });
  await p.reload();
  await p.locator('[data-came]').first().waitFor();
};
const toNewReminder = async (p) => {
  await p.getByRole('button', { name: /^(New reminder|تذكير جديد)$/ }).click();
  await p.getByRole('dialog').waitFor();
  await p.getByRole('dialog').locator('button[type=submit]').click();
};
const toKept = async (p) => {
  if (!(await p.locator('article').count())) await p.locator(row).first().click();
  await p.locator('article').waitFor();
};
/** A call in writing about a case of which none is under way; others look at the same time. */
const newCall = async (p) => {
  const base = new URL(p.url()).origin;
  const headers = () => ({ Origin: base, 'Idempotency-Key': crypto.randomUUID() });
  const about = (await (await p.request.get(`${base}/api/v1/call-workflows`)).json()).items.find(({ slug }) => slug === 'prior_auth');
  const { items } = await (await p.request.post(`${base}/api/v1/cases/query`, { headers: { Origin: base }, data: { callWorkflowId: about.id, limit: 50 } })).json();
  for (const { id } of items) {
    const answer = await p.request.post(`${base}/api/v1/calls`, { headers: headers(), data: { caseId: id, transport: 'text' } });
    if (answer.ok()) return { base, call: await answer.json() };
  }
  throw new Error('every case is in a call');
};
/** One that waits, and is taken back once it was looked at, so that its case is free again. */
const toWaitingCall = async (p) => {
  const { base, call } = await newCall(p);
  await p.goto(`${base}/calls?call=${call.id}`);
  await p.locator('[data-panel=queued]').waitFor();
  await p.request.post(`${base}/api/v1/calls/${call.id}/cancel`, { headers: { Origin: base }, data: { version: call.version } });
};
/** One that is talked in. */
const toTalk = async (p) => {
  const { base, call } = await newCall(p);
  await p.goto(`${base}/calls/${call.id}/talk`);
  await p.locator('main textarea:enabled').fill('Hello, this is Tom.');
  await p.keyboard.press('Enter');
  await p.locator('[data-seq][data-who=agent]').first().waitFor();
};
const toReview = async (p) => {
  await p.locator('[data-call]').first().click();
  await p.locator('[data-review] [data-seq]').first().waitFor();
};
const toCall = async (p) => {
  await p.locator(row).first().click();
  await p.locator('dl').first().waitFor();
};
/** The first case of the call workflow that the pictures have. */
const toCase = (act) => async (p) => {
  await p.locator(row).first().click();
  await p.locator('dl [data-field]').first().waitFor();
  await act?.(p);
};
/** One of its fields while it is changed. */
const toCaseField = toCase(async (p) => {
  await p.locator('[data-field=phone]').click();
  await p.locator('dd input').fill('12');
  await p.keyboard.press('Enter');
  await p.locator('dd [aria-invalid=true]').waitFor();
});
const choosingCases = async (p) => {
  const boxes = p.locator('tbody input[type=checkbox]');
  if (await boxes.count()) {
    await boxes.nth(0).click();
    await boxes.nth(2).click({ modifiers: ['Shift'] });
  } else {
    await p.getByRole('button', { name: /^(More|المزيد)$/ }).first().click();
    await p.getByRole('menuitem', { name: /^(Select cases|اختيار حالات)$/ }).click();
    for (const at of [0, 2]) await p.locator(row).nth(at).click();
  }
  await p.getByRole('region', { name: /chosen|المختارة/ }).waitFor();
};
/** A new field of a call workflow, put into the list while something is missing. */
const toNewCaseField = async (p) => {
  await p.getByRole('button', { name: /^(Add field|إضافة حقل)$/ }).click();
  await p.getByRole('dialog').locator('button[type=submit]').click();
};
const inCases = (name, path, more = {}) => ({ name, path: `/cases${path}${path.includes('?') ? '&' : '?'}workflow=insurance_questions`, ...more });
const settings = (name) => ({ name, path: `/settings/${name}` });

/**
 * `out`: before signing in; `fresh`: in a practice that was just made, all others in the one that the demo comes with.
 * `ready`: what shows that the page has its content. `act`: what to do before looking.
 */
export const screens = [
  { name: 'sign-in', path: '/sign-in', out: true },
  { name: 'sign-up with errors', path: '/sign-up', out: true, act: submit },
  { name: 'forgotten password with errors', path: '/forgot', out: true, act: submit },
  { name: 'reset link that is incomplete', path: '/reset', out: true },
  { name: 'new password with errors', path: '/reset#unknown', out: true, act: submit },
  { name: 'invitation that is incomplete', path: '/invite', out: true },
  { name: 'patient’s link that is none', path: '/v', out: true },

  { name: 'welcome, profile with errors', path: '/welcome?step=profile', fresh: true, ready: 'form', act: submit },
  { name: 'welcome, hours', path: '/welcome?step=hours', fresh: true, ready: '[data-track]' },
  { name: 'welcome, service', path: '/welcome?step=service', fresh: true, ready: 'form' },
  { name: 'welcome, staff', path: '/welcome?step=staff', fresh: true, ready: 'form' },
  { name: 'welcome, security', path: '/welcome?step=security', fresh: true, ready: 'form' },
  { name: 'welcome, done', path: '/welcome?step=done', fresh: true, ready: 'h2' },
  { name: 'home of a new practice', path: '/home', fresh: true, ready: '#home-welcome' },

  { name: 'home', path: '/home' },
  { name: 'today', path: '/today', ready: '[data-column]' },
  { name: 'new appointment with errors', path: '/today', ready: '[data-column]', act: toBooking },
  { name: 'appointment', path: '/patients', ready: row, act: toVisit },
  { name: 'booking page', path: '/book/alpha', out: true, ready: '[href*="/book/alpha/"]' },
  { name: 'booking page, times', path: '/book/alpha/consultation', out: true, ready: 'input[type=radio]', act: toTimes },
  { name: 'booking page, details with errors', path: '/book/alpha/consultation', out: true, ready: 'input[type=radio]', act: toDetails },
  { name: 'booking page, none', path: '/book/nobody', out: true, ready: 'h1' },
  { name: 'settings, online booking', path: '/settings/online-booking', ready: 'li' },
  { name: 'waitlist of a new practice', path: '/waitlist', fresh: true },
  { name: 'waitlist', path: '/waitlist', ready: '[data-opening]' },
  { name: 'what a patient waits for', path: '/waitlist', ready: '[data-opening]', act: toWish },
  { name: 'how times are offered', path: '/waitlist', ready: '[data-opening]', act: toOffering },
  { name: 'recalls', path: '/recalls', ready: row },
  { name: 'recall', path: '/recalls', ready: row, act: open },
  { name: 'rules of recalls', path: '/recalls', ready: row, act: toRules },
  { name: 'tasks of a new practice', path: '/tasks', fresh: true, ready: 'h2' },
  { name: 'tasks', path: '/tasks', ready: row },
  { name: 'tasks, all open', path: '/tasks?tab=open', ready: row },
  { name: 'tasks, done', path: '/tasks?tab=done', ready: row },
  { name: 'tasks, one', path: '/tasks?tab=open', ready: row, act: open },
  { name: 'tasks, new with errors', path: '/tasks?new=true', ready: 'form', act: submit },
  { name: 'patient’s link', path: '/home', act: toLink() },
  { name: 'patient’s link, visit', path: '/home', act: toLink(() => undefined) },
  { name: 'patient’s link, other times', path: '/home', act: toLink(async (p) => (await p.getByRole('button', { name: /^(Choose another time|اختيار وقت آخر)$/ }).click(), p.locator('[data-slot]').first().click())) },
  { name: 'patient’s link, cancelling with errors', path: '/home', act: toLink(async (p) => (await p.getByRole('button', { name: /^(Cancel the appointment|إلغاء الموعد)$/ }).click(), p.getByRole('button', { name: /^(Yes, cancel it|نعم، ألغوه)$/ }).click())) },
  { name: 'calls, nothing under way', path: '/calls', fresh: true, ready: 'h2' },
  { name: 'calls, one that waits', path: '/calls', act: toWaitingCall },
  { name: 'calls, to look at', path: '/calls?shelf=inbox', ready: '[data-call]', act: toReview },
  { name: 'calls, all', path: '/calls?shelf=all', ready: row },
  { name: 'call', path: '/calls?shelf=all', ready: row, act: toCall },
  { name: 'call, in writing', path: '/calls', act: toTalk },
  { name: 'calls, dashboard', path: '/calls/dashboard', ready: '[data-numbers]' },
  { name: 'messages', path: '/messages', act: toInbox },
  { name: 'messages, all', path: '/messages?shelf=all', ready: row },
  { name: 'messages, not delivered', path: '/messages?shelf=failed' },
  { name: 'message', path: '/messages?shelf=all', ready: row, act: open },
  { name: 'messages of a new practice', path: '/messages', fresh: true, ready: 'h2' },
  { name: 'sandbox mailbox', path: '/messages/mailbox', ready: row, act: toKept },
  { name: 'patient, messages', path: '/home', act: toConversation(false) },
  { name: 'patient, writing a message', path: '/home', act: toConversation(true) },
  { ...settings('messages'), ready: 'form' },
  { name: 'reminder with errors', path: '/settings/messages', ready: 'form', act: toNewReminder },
  { ...settings('calling'), ready: 'form' },
  { ...settings('message-templates'), ready: row },
  { name: 'message template', path: '/settings/message-templates', ready: row, act: open },
  { name: 'new message template with errors', path: '/settings/message-templates?new=true', ready: row, act: submit },
  { name: 'unsubscribing', path: '/u#some.thing', out: true },
  { name: 'settings, scheduling', path: '/settings/scheduling', ready: row },
  { name: 'settings, Cal.com', path: '/settings/calcom', ready: '[data-need]' },
  { name: 'settings, Cal.com, nothing connected', path: '/settings/calcom', fresh: true, ready: 'form' },
  { name: 'settings, webhooks of a new practice', path: '/settings/webhooks', fresh: true },
  { name: 'settings, webhooks', path: '/settings/webhooks', ready: '[data-endpoint]' },
  { name: 'settings, webhooks, new endpoint with errors', path: '/settings/webhooks', ready: '[data-endpoint]', act: toNewWebhook },
  { name: 'settings, webhooks, log', path: '/settings/webhooks', ready: '[data-endpoint]', act: toWebhookLog },
  { name: 'automations of a new practice', path: '/workflows', fresh: true, ready: 'h2' },
  { name: 'automations', path: '/workflows', act: toWorkflow() },
  { name: 'automations, list', path: '/workflows', ready: 'dl' },
  { name: 'recipes', path: '/workflows/recipes', ready: '[data-recipe]' },
  { name: 'automation, trigger', path: '/workflows', act: toWorkflow('trigger') },
  { name: 'automation, step', path: '/workflows', act: toWorkflow('note1') },
  { name: 'automation, path without a condition', path: '/workflows', act: toWorkflow('branch1/path2') },
  { name: 'automation, adding', path: '/workflows', act: toAdding },
  { name: 'automation, runs', path: '/workflows/runs', ready: '[role=tab]' },
  { name: 'calls of a new practice', path: '/cases', fresh: true, ready: 'h2' },
  inCases('cases', '', { ready: row }),
  inCases('cases, some chosen', '', { ready: row, act: choosingCases }),
  inCases('cases, nothing found', '', { ready: row, act: lookFor('zzzz') }),
  inCases('cases, filter', '', { ready: row, act: toFilter }),
  inCases('cases, new with errors', '?new=true', { ready: 'form', act: submit }),
  inCases('cases, import', '?import=new', { ready: '[role=dialog] p' }),
  inCases('case', '', { ready: row, act: toCase() }),
  inCases('case, field with an error', '', { ready: row, act: toCaseField }),
  inCases('call workflow, conversation', '/conversation', { ready: 'main nav a' }),
  inCases('call workflow, settings', '/settings', { ready: row }),
  inCases('call workflow, field', '/settings', { ready: row, act: open }),
  inCases('call workflow, new field with errors', '/settings', { ready: row, act: toNewCaseField }),
  { name: 'palette', path: '/home', act: (p) => p.keyboard.press('Control+k') },
  { name: 'account menu', path: '/home', act: (p) => p.getByRole('button', { name: /Account menu|قائمة الحساب/ }).click() },
  { name: 'calendar of a new practice', path: '/calendar', fresh: true },
  { name: 'calendar', path: '/calendar', ready: booked },
  { name: 'calendar, rooms', path: '/calendar?view=rooms', ready: booked },
  { name: 'calendar, week', path: '/calendar?view=week', ready: booked },
  { name: 'calendar, month', path: '/calendar?view=month', ready: '[data-day]' },
  { name: 'calendar, list', path: '/calendar?view=list', ready: booked },
  { name: 'patients of a new practice', path: '/patients', fresh: true },
  { name: 'patients', path: '/patients', ready: row },
  { name: 'patients, filter', path: '/patients', ready: row, act: toFilter },
  { name: 'patients, some chosen', path: '/patients', ready: row, act: choosing },
  { name: 'patients, peek', path: '/patients', ready: row, act: peek },
  { name: 'patients, nothing found', path: '/patients', ready: row, act: lookFor('zzzz') },
  { name: 'new patient with errors', path: '/patients?new=true', ready: 'form', act: submit },
  { name: 'patient', path: '/patients', ready: row, act: toPatient() },
  { name: 'insurance to verify', path: '/patients/insurance', ready: row },
  { name: 'patient, insurance', path: '/patients/insurance', ready: row, act: toPolicies },
  { name: 'policy with errors', path: '/patients/insurance', ready: row, act: toNewPolicy },
  { name: 'patient, activity', path: '/patients', ready: row, act: toPatient(1) },
  { name: 'patient, appointments', path: '/patients', ready: row, act: toPatient(2, '[role=tabpanel] h2') },
  { name: 'patient, files', path: '/patients', ready: row, act: toPatient(6, '[role=tabpanel] h2') },
  { ...settings('tags'), ready: row },
  { name: 'tag', path: '/settings/tags', ready: row, act: open },
  { name: 'imports', path: '/patients/imports', ready: 'main p' },
  { name: 'insurance to verify, peek', path: '/patients/insurance', ready: row, act: peek },
  { name: 'duplicates', path: '/patients/duplicates', ready: 'main li a' },
  { ...settings('patient-fields'), ready: row },
  { name: 'patient-field', path: '/settings/patient-fields', ready: row, act: open },
  { name: 'settings', path: '/settings' },
  settings('profile'),
  { ...settings('locations'), ready: row },
  { name: 'location', path: '/settings/locations', ready: row, act: open },
  { ...settings('rooms'), ready: row },
  { name: 'room', path: '/settings/rooms', ready: row, act: open },
  { ...settings('services'), ready: row },
  { name: 'services, nothing found', path: '/settings/services?q=zzzz' },
  { name: 'service', path: '/settings/services', ready: row, act: open },
  { name: 'new service with errors', path: '/settings/services?new=true', ready: row, act: submit },
  { name: 'help', path: '/settings/services', ready: row, act: toHelp },
  settings('staff'),
  { ...settings('providers'), ready: row },
  { name: 'provider', path: '/settings/providers', ready: row, act: open },
  { ...settings('hours'), ready: '[data-track]' },
  settings('absences'),
  settings('closing-days'),
  settings('security'),
  settings('roles'),
  settings('access-review'),
  settings('api-keys'),
  settings('audit'),
  settings('support-access'),
  { name: 'account', path: '/account' },
  { name: 'account, security', path: '/account/security' },
  { name: 'account, sessions', path: '/account/sessions' },
];

export const looks = {
  en: {},
  'en dark': { dark: true },
  'en phone': { phone: true },
  ar: { lang: 'ar' },
  'ar dark': { lang: 'ar', dark: true },
  'ar phone dark': { lang: 'ar', dark: true, phone: true },
};

/** Opens a screen and waits for what it shows. */
export async function visit(page, base, { path, ready, act }) {
  await page.goto(base + path);
  await page.locator('h1').first().waitFor();
  if (ready) await page.locator(ready).first().waitFor();
  await page.waitForFunction(() => !document.querySelector('main .mantine-Skeleton-root'));
  await act?.(page);
  await page.waitForTimeout(250);
}
