// Patients for journeys and pictures, through the API with the page's own cookies.
import { BASE } from './browser.mjs';

const post = async (request, path, data) => {
  const answer = await request.post(`${BASE}/api/v1${path}`, { headers: { 'Idempotency-Key': crypto.randomUUID(), Origin: BASE }, data });
  if (!answer.ok()) throw new Error(`${path}: ${answer.status()} ${await answer.text()}`);
  return answer.json();
};

export const samplePatients = [
  { givenName: 'Lina', familyName: 'Haddad', givenNameOther: 'لينا', familyNameOther: 'حداد', birthDate: '2000-03-04', sex: 'female', phones: [{ number: '0511146215', preferred: true }, { number: '0112345678', kind: 'work' }], emails: [{ address: 'lina@example.com' }], alerts: [{ kind: 'allergy', text: 'Penicillin', severe: true }, { kind: 'condition', text: 'Asthma', severe: false }], consents: { sms: { granted: true, source: 'On paper' }, calls: { granted: false, source: 'By phone' } }, address: { line1: 'King Fahd Road 12', line2: null, city: 'Riyadh', region: null, postalCode: '12271', country: 'SA' }, contactMethod: 'whatsapp', language: 'ar', nationality: 'SA', notes: 'Prefers morning visits.', custom: { anxiety: 'needsSedation' }, medicalHistory: 'Asthma since childhood.' },
  { givenName: 'محمد', familyName: 'القحطاني', givenNameOther: 'Mohammed', familyNameOther: 'Al-Qahtani', birthDate: '1969-09-18', sex: 'male', phones: [{ number: '0556289001' }] },
  { givenName: 'Noura', familyName: 'Al-Zahrani', givenNameOther: 'نورة', familyNameOther: 'الزهراني', birthDate: '2013-01-10', sex: 'female', phones: [{ number: '0515555559' }] },
  { givenName: 'Daniel', familyName: 'Moore', birthDate: '2025-12-01', sex: 'male' },
  { givenName: 'خالد', familyName: 'الشهري', sex: 'male', phones: [{ number: '0554075382' }], status: 'lead' },
];

const sampleFields = [
  { name: 'Anxiety', nameAr: 'القلق من العلاج', kind: 'select', listed: true, options: [{ name: 'None', nameAr: 'لا قلق' }, { name: 'Needs sedation', nameAr: 'يحتاج تهدئة' }] },
  { name: 'Previous dentist', nameAr: 'الطبيب السابق', kind: 'text' },
];

/** Makes the sample patients, with tags and a note, in a practice that has none. */
export async function addPatients(request) {
  const tags = (await (await request.get(`${BASE}/api/v1/tags`)).json()).items.map((tag) => tag.id);
  if (!tags.length) {
    for (const [name, colour] of [['VIP', 'violet'], ['تقويم', 'blue'], ['Recall due', 'amber']]) tags.push((await post(request, '/tags', { name, colour })).id);
  }
  const fields = (await (await request.get(`${BASE}/api/v1/patient-fields`)).json()).items;
  if (!fields.length) for (const field of sampleFields) await post(request, '/patient-fields', field);
  const there = await request.post(`${BASE}/api/v1/patients/query`, { headers: { Origin: BASE }, data: { limit: 1 } });
  if ((await there.json()).items.length) return;
  for (const [i, patient] of samplePatients.entries()) {
    const { id, version } = await post(request, '/patients', { ...patient, tags: tags.filter((_, n) => (i + n) % 2 === 0) });
    if (i) continue;
    await post(request, `/patients/${id}/notes`, { text: 'Called about the invoice; will come on Sunday.' });
    await request.patch(`${BASE}/api/v1/patients/${id}`, { headers: { Origin: BASE }, data: { version, contactMethod: 'call', leadSource: 'Instagram' } });
  }
}
