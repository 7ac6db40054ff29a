import type { Patient } from './api';
export function PatientDrawer(_: { loaded?: Patient; onClose: () => void; onCreated?: (patient: Patient) => void }) {
  return null;
}
