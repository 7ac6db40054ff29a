import { Alert } from '@mantine/core';
import { useIdentityErrorText } from './words';

/** Why it did not work, above the form; nothing when nothing went wrong. */
export function Refusal({ error }: { error: unknown }) {
  const textOf = useIdentityErrorText();
  if (!error) return null;
  return (
    <Alert color="red" role="alert" py="xs">
      {textOf(error)}
    </Alert>
  );
}
