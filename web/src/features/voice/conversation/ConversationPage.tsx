import { Skeleton, Tabs } from '@mantine/core';
import { IconFileOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { hasCode } from '@/shared/api/problem';
import { useSession } from '@/shared/auth/session';
import { useLang } from '@/shared/i18n';
import { Gate } from '@/shared/ui/Gate';
import { Empty, Failed } from '@/shared/ui/Page';
import { type CallWorkflow, type Flow, type FlowFault, flowQuery } from '../api';
import { Frame } from '../Frame';
import { Code } from './Code';
import classes from './Conversation.module.css';
import { Faults } from './Faults';
import { Versions } from './Versions';

export function ConversationPage() {
  return (
    <Gate title="conversation.title" needs="call_workflows.read">
      <Frame place="conversation">{(workflow) => <Loaded key={workflow.id} workflow={workflow} />}</Frame>
    </Gate>
  );
}

/** What is said and done in a call, as the files are of which it is made. They are changed in their folder, and looked at here. */
function Loaded({ workflow }: { workflow: CallWorkflow }) {
  const flow = useQuery(flowQuery(workflow.id));
  const none = hasCode(flow.error, 'not_found') || (flow.data && !flow.data.files.length && !flow.data.faults.length);
  if (none) return <None workflow={workflow} />;
  if (flow.data) return <Shown flow={flow.data} />;
  return flow.error ? <Failed error={flow.error} retry={() => void flow.refetch()} /> : <Skeleton h={420} m="md" radius={12} />;
}

function None({ workflow }: { workflow: CallWorkflow }) {
  const { t } = useLang();
  const { slug } = useSession().practice;
  return (
    <>
      <Empty icon={<IconFileOff size={26} stroke={1.6} />} title={t('conversation.none')} text={t('conversation.noneText')} />
      <p className={classes.folder}>
        <bdi className="ltr">{`${slug}/${workflow.slug}/flow.yaml`}</bdi>
      </p>
    </>
  );
}

function Shown({ flow }: { flow: Flow }) {
  const { t } = useLang();
  const [name, setName] = useState<string>();
  const [place, setPlace] = useState<FlowFault>();
  const ref = useRef<HTMLDivElement>(null);
  const file = flow.files.find((one) => one.name === name) ?? flow.files[0];
  const open = (fault: FlowFault) => {
    setName(fault.file);
    setPlace({ ...fault });
  };
  useEffect(() => {
    if (!place) return;
    const line = ref.current?.querySelector<HTMLElement>('[data-here]');
    line?.scrollIntoView({ block: 'center' });
    line?.focus({ preventScroll: true });
  }, [place]);
  return (
    <div className={classes.page}>
      <div className={classes.main}>
        {flow.faults.length ? <Faults flow={flow} onOpen={open} /> : null}
        {file ? (
          <div ref={ref} className={classes.files}>
            <Tabs value={file.name} onChange={(next) => setName(next ?? undefined)} keepMounted={false}>
              <Tabs.List aria-label={t('conversation.files')} className={classes.tabList}>
                {flow.files.map((one) => (
                  <Tabs.Tab key={one.name} value={one.name}>
                    <bdi className="ltr">{one.name}</bdi>
                  </Tabs.Tab>
                ))}
              </Tabs.List>
              {flow.files.map((one) => (
                <Tabs.Panel key={one.name} value={one.name}>
                  <Code file={one} line={place?.file === one.name ? Math.max(1, place.line) : undefined} />
                </Tabs.Panel>
              ))}
            </Tabs>
          </div>
        ) : null}
      </div>
      <Versions flow={flow} />
    </div>
  );
}
