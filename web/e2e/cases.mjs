// Call workflows and their cases, for journeys and pictures, through the API with the page's own cookies.
import { BASE } from './browser.mjs';

export const send = async (request, method, path, data) => {
  const answer = await request[method](`${BASE}/api/v1${path}`, { headers: { 'Idempotency-Key': crypto.randomUUID(), Origin: BASE }, data });
  if (!answer.ok()) throw new Error(`${path}: ${answer.status()} ${await answer.text()}`);
  return answer.json();
};

const field = (displayOrder, key, en, ar, type, more = {}) => ({ key, label: { en, ar }, type, displayOrder, ...more });
const listed = { displayInList: true };

/** A call workflow with a field of each kind. */
export const sampleWorkflow = (slug) => ({
  slug,
  name: 'Insurance questions',
  nameAr: 'استفسارات التأمين',
  fields: [
    field(1, 'patient_name', 'Whom', 'المتصل به', 'string', { required: true, ...listed }),
    field(2, 'phone', 'Phone', 'الهاتف', 'phone', { required: true, ...listed }),
    field(3, 'insurance', 'Insurance', 'شركة التأمين', 'string', listed),
    field(4, 'due_on', 'Due on', 'مستحق في', 'date', listed),
    field(5, 'answer', 'Answer', 'الجواب', 'select', {
      ...listed,
      default: 'open',
      options: [
        { value: 'open', label: { en: 'Open', ar: 'بلا جواب' } },
        { value: 'covered', label: { en: 'Covered', ar: 'مشمول' } },
        { value: 'denied', label: { en: 'Denied', ar: 'مرفوض' } },
      ],
    }),
    field(6, 'member_id', 'Member number', 'رقم العضوية', 'string', { sensitive: true }),
    field(7, 'visit_at', 'Visit', 'الزيارة', 'datetime'),
    field(8, 'amount', 'Amount', 'المبلغ', 'number'),
    field(9, 'urgent', 'Urgent', 'عاجل', 'boolean'),
    field(10, 'note', 'Note', 'ملاحظة', 'text'),
  ],
});

const people = [
  ['Lina Haddad', '+966511146215', 'Najd Care', '2027-01-10', 'covered'],
  ['محمد القحطاني', '+966556289001', 'Sadan Health', '2027-01-12', 'open'],
  ['Noura Al-Zahrani', '+966515555559', 'Najd Care', undefined, 'denied'],
  ['Daniel Moore', '+966554075382', undefined, '2027-02-01', 'open'],
  ['خالد الشهري', '+966554075383', 'Sadan Health', '2027-01-05', 'open'],
];

/** The call workflow with some cases, unless the practice has it already. */
export async function addCases(request, slug = 'insurance_questions') {
  const { items } = await (await request.get(`${BASE}/api/v1/call-workflows`)).json();
  const there = items.find((one) => one.slug === slug);
  if (there) return there;
  const made = await send(request, 'post', '/call-workflows', sampleWorkflow(slug));
  for (const [patient_name, phone, insurance, due_on, answer] of people) {
    const fields = { patient_name, phone, insurance, due_on, answer, member_id: '100200300', note: 'Prefers mornings.' };
    await send(request, 'post', '/cases', { callWorkflowId: made.id, patientId: null, fields });
  }
  return made;
}
