import { UnstyledButton } from '@mantine/core';
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import { useLang } from '@/shared/i18n';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import type { Placed } from '../problems';
import type { Key } from '../tree';
import classes from './Builder.module.css';
import { useBuilder } from './useBuilder';
import { useTitle } from './useTitle';

type Go = (key: Key | null, field: string) => void;

export function ProblemList({ problems, onGo }: { problems: readonly Placed[]; onGo: Go }) {
  const { t } = useLang();
  const title = useTitle();
  return (
    <ul className={classes.problems}>
      {problems.map((problem) => {
        const Icon = problem.severity === 'error' ? IconAlertTriangle : IconInfoCircle;
        const at = problem.key ? title(problem.key) : undefined;
        return (
          <li key={problem.pointer + problem.code}>
            <UnstyledButton className={classes.problemLine} data-severity={problem.severity} onClick={() => onGo(problem.key, problem.field)}>
              <Icon size={18} stroke={1.8} aria-hidden />
              <span>
                <b>
                  <bdi>{at?.title ?? t('workflows.one')}</bdi>
                </b>
                <span>{problem.message}</span>
              </span>
            </UnstyledButton>
          </li>
        );
      })}
    </ul>
  );
}

/** All that is wrong; each leads to where it is. */
export function ProblemsPanel({ onGo, onClose }: { onGo: Go; onClose: () => void }) {
  const { t } = useLang();
  const { problems } = useBuilder();
  return (
    <SideDrawer title={t('workflows.problems', { count: problems.length })} onClose={onClose} light>
      {problems.length ? <ProblemList problems={problems} onGo={onGo} /> : <p className={classes.hint}>{t('workflows.problems.none')}</p>}
    </SideDrawer>
  );
}
