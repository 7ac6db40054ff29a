import { lazy, Suspense } from 'react';
import { Gate } from '@/shared/ui/Gate';
import { SectionsWaiting } from '@/shared/ui/Sections';
import { Frame } from '../Frame';

const SettingsForm = lazy(() => import('./SettingsForm').then((m) => ({ default: m.SettingsForm })));

export function SettingsPage() {
  return (
    <Gate title="callWorkflows.settings" needs="call_workflows.read">
      <Frame place="settings">
        {(workflow) => (
          <Suspense fallback={<SectionsWaiting />}>
            <SettingsForm key={workflow.id} workflow={workflow} />
          </Suspense>
        )}
      </Frame>
    </Gate>
  );
}
