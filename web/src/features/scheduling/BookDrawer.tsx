export type BookDrawerProps = {
  opened: boolean;
  onClose: () => void;
  start?: string | undefined;
  providerId?: string | undefined;
  roomId?: string | undefined;
  locationId?: string | undefined;
  patientId?: string | undefined;
  date?: string | undefined;
};

export function BookDrawer(_props: BookDrawerProps) {
  return null;
}
