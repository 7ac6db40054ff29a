export function AppointmentDrawer(_props: { id: string; onClose: () => void }) {
  return null;
}
