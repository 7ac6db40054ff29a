import { ActionIcon, Button, Skeleton } from '@mantine/core';
import { IconChevronLeft, IconLock } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useCan } from '@/shared/auth/session';
import { useSendKey } from '@/shared/forms/useSubmit';
import { useLang } from '@/shared/i18n';
import { useErrorText } from '@/shared/i18n/errors';
import { Gate } from '@/shared/ui/Gate';
import { Failed, PageHeader } from '@/shared/ui/Page';
import { toast } from '@/shared/ui/toast';
import { blocksQuery, useWorkflows } from '../api';
import { type Blocks, humanised, type Recipe } from '../blocks';
import { actionIcon, triggerIcon } from '../canvas/icons';
import { allSteps } from '../tree';
import { useWords } from '../useWords';
import classes from './Recipes.module.css';

export function RecipesPage() {
  return (
    <Gate title="workflows.recipes" needs="workflows.read">
      <Recipes />
    </Gate>
  );
}

/** Makes a draft of one and opens it. */
function useTake() {
  const { lookup } = useLang();
  const textOf = useErrorText();
  const navigate = useNavigate();
  const { create } = useWorkflows();
  const keyOf = useSendKey();
  const [busy, setBusy] = useState<string>();
  const take = async (recipe: Recipe) => {
    setBusy(recipe.name);
    try {
      const body = { name: lookup(`recipe.${recipe.name}`) ?? humanised(recipe.name), recipe: recipe.name };
      const made = await create(body, keyOf(body));
      await navigate({ to: '/workflows/$id', params: { id: made.id } });
    } catch (error) {
      toast.failed(textOf(error));
      setBusy(undefined);
    }
  };
  return { take: (recipe: Recipe) => void take(recipe), busy };
}

function Recipes() {
  const { t } = useLang();
  const blocks = useQuery(blocksQuery);
  const { take, busy } = useTake();
  return (
    <>
      <PageHeader
        title={t('workflows.recipes')}
        sub={t('workflows.recipes.sub')}
        actions={
          <ActionIcon variant="default" size={36} component={Link} to="/workflows" aria-label={t('workflows.back')}>
            <IconChevronLeft size={18} stroke={1.8} className={classes.back} />
          </ActionIcon>
        }
      />
      {blocks.error && !blocks.data ? (
        <Failed error={blocks.error} retry={() => void blocks.refetch()} />
      ) : (
        <ul className={classes.cards} aria-busy={!blocks.data}>
          {blocks.data
            ? blocks.data.recipes.map((recipe) => <Card key={recipe.name} recipe={recipe} blocks={blocks.data} busy={busy === recipe.name} onTake={take} />)
            : Array.from({ length: 6 }, (_, n) => (
                <li key={n}>
                  <Skeleton h={190} radius={12} />
                </li>
              ))}
        </ul>
      )}
    </>
  );
}

type CardProps = { recipe: Recipe; blocks: Blocks; busy: boolean; onTake: (recipe: Recipe) => void };

function Card({ recipe, blocks, busy, onTake }: CardProps) {
  const { t, lookup } = useLang();
  const mayWrite = useCan()('workflows.write');
  const words = useWords(blocks, recipe.definition);
  const Icon = triggerIcon(recipe.definition.trigger);
  const title = lookup(`recipe.${recipe.name}`) ?? humanised(recipe.name);
  const actions = [...new Set(allSteps(recipe.definition.steps).flatMap((step) => (step.kind === 'action' ? [step.action] : [])))];
  return (
    <li className={classes.card} data-recipe={recipe.name}>
      <div className={classes.head}>
        <span className={classes.icon}>
          <Icon size={19} stroke={1.8} aria-hidden />
        </span>
        <h2>{title}</h2>
      </div>
      <p>{lookup(`recipe.${recipe.name}.text`) ?? ''}</p>
      <p className={classes.begins}>{t('workflows.publish.from', { trigger: words.trigger(recipe.definition.trigger) })}</p>
      <ul className={classes.uses} aria-label={t('workflows.recipes.uses')}>
        {actions.map((name) => {
          const Mark = actionIcon(name);
          return (
            <li key={name}>
              <Mark size={14} stroke={1.8} aria-hidden />
              {words.block(name)}
            </li>
          );
        })}
      </ul>
      {recipe.usable ? null : (
        <p className={classes.missing}>
          <IconLock size={15} stroke={1.8} aria-hidden />
          <span>{t('workflows.recipes.missing', { what: words.inTurn(recipe.missing.map(words.block)) })}</span>
        </p>
      )}
      {mayWrite ? (
        <Button variant="light" className={classes.take ?? ''} loading={busy} aria-label={t('workflows.recipes.takeOf', { name: title })} onClick={() => onTake(recipe)}>
          {t('workflows.recipes.take')}
        </Button>
      ) : null}
    </li>
  );
}
