import { Skeleton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useMemo, useRef, useState } from 'react';
import { useLang } from '@/shared/i18n';
import { Gate } from '@/shared/ui/Gate';
import { LeaveGuard } from '@/shared/ui/LeaveGuard';
import { Failed } from '@/shared/ui/Page';
import { PHONE } from '@/shared/ui/phone';
import { SideDrawer } from '@/shared/ui/SideDrawer';
import { takeRest } from '@/shared/ui/takeRest';
import { workflowQuery, type Workflow } from '../api';
import type { Mark } from '../canvas/Card';
import { BLOCK_DRAG } from '../canvas/drag';
import frame from '../canvas/Frame.module.css';
import { Outline } from '../canvas/Outline';
import type { Definition } from '../definition';
import { type Key, laneKey, type Place, placeAfter, stepBefore, TRIGGER } from '../tree';
import { useOffers } from './offers';
import { Palette } from './Palette';
import { Bar, type Panel } from './Bar';
import classes from './Builder.module.css';
import { ConflictNote } from './ConflictNote';
import { newStep } from './newStep';
import { useAutosave } from './useAutosave';
import { BuilderProvider, useBuilder } from './useBuilder';
import { focusInspector, useBuilderKeys } from './useBuilderKeys';
import { useTitle } from './useTitle';

const WorkflowCanvas = lazy(() => import('../canvas/WorkflowCanvas').then((m) => ({ default: m.WorkflowCanvas })));
const Inspector = lazy(() => import('./Inspector').then((m) => ({ default: m.Inspector })));
const AddMenu = lazy(() => import('./AddMenu').then((m) => ({ default: m.AddMenu })));
const ProblemsPanel = lazy(() => import('./ProblemsPanel').then((m) => ({ default: m.ProblemsPanel })));
const PublishDialog = lazy(() => import('./PublishDialog').then((m) => ({ default: m.PublishDialog })));
const VersionsDrawer = lazy(() => import('./VersionsDrawer').then((m) => ({ default: m.VersionsDrawer })));
const RehearsalDrawer = lazy(() => import('./RehearsalDrawer').then((m) => ({ default: m.RehearsalDrawer })));
const TryDialog = lazy(() => import('./TryDialog').then((m) => ({ default: m.TryDialog })));
const DetailsDialog = lazy(() => import('./DetailsDialog').then((m) => ({ default: m.DetailsDialog })));
const DeleteDialog = lazy(() => import('./DeleteDialog').then((m) => ({ default: m.DeleteDialog })));

const route = getRouteApi('/inside/workflows/$id');
/** Where there is room for what is chosen beside the canvas. */
const WIDE = '(min-width: 75em)';

export function BuilderPage() {
  return (
    <Gate title="workflows.one" needs="workflows.read">
      <Loaded />
    </Gate>
  );
}

function Loaded() {
  const { id } = route.useParams();
  const workflow = useQuery(workflowQuery(id));
  if (workflow.data) {
    return (
      <BuilderProvider key={id} workflow={workflow.data}>
        <Page workflow={workflow.data} />
      </BuilderProvider>
    );
  }
  return workflow.error ? <Failed error={workflow.error} retry={() => void workflow.refetch()} /> : <Skeleton h="calc(100dvh - 120px)" />;
}

/** Adding a step: where it goes, and what it is. */
function useAdding() {
  const { definition, blocks, dispatch, variablesAt } = useBuilder();
  const [place, setPlace] = useState<Place>();
  const add = (name: string, to: Place) => {
    const variables = variablesAt(to.of ?? TRIGGER);
    dispatch({ do: 'add', place: to, step: newStep(name, { definition, blocks, variables }) });
  };
  const behind = (key: Key | null) => placeAfter(definition, key ?? TRIGGER);
  return { place, setPlace, add, behind };
}

function Page({ workflow }: { workflow: Workflow }) {
  const { t } = useLang();
  const builder = useBuilder();
  const { definition, editor, dispatch, words, problems, blocks, readOnly } = builder;
  const phone = useMediaQuery(PHONE, matchMedia(PHONE).matches, { getInitialValueInEffect: false });
  const wide = useMediaQuery(WIDE, matchMedia(WIDE).matches, { getInitialValueInEffect: false });
  const [panel, setPanel] = useState<Panel>();
  const host = useRef<HTMLDivElement>(null);
  const adding = useAdding();
  const offers = useOffers(blocks, words);
  const load = useCallback((next: Definition) => dispatch({ do: 'load', definition: next }), [dispatch]);
  const draft = useAutosave({ workflow, definition, readOnly, onLoad: load });
  const { onCanvasKeys, follow, back } = useBuilderKeys(builder, { host, onAdd: (key) => adding.setPlace(adding.behind(key)) });
  const title = useTitle();
  const where = useWhere();

  const marks = useMemo(() => {
    const found = new Map<Key, Mark>();
    for (const { key, severity } of problems) if (key && found.get(key) !== 'error') found.set(key, severity);
    return found;
  }, [problems]);

  const pick = (name: string, place: Place) => {
    follow();
    adding.setPlace(undefined);
    adding.add(name, place);
  };
  const select = (key: Key | null) => dispatch({ do: 'select', key });
  const goTo = (key: Key | null, field: string) => {
    select(key ?? TRIGGER);
    setPanel(undefined);
    // the list gives the focus back when it closes
    requestAnimationFrame(() => requestAnimationFrame(() => focusInspector(key ?? TRIGGER, field)));
  };
  const close = () => {
    select(null);
    back();
  };

  const shown = { definition, words, selected: editor.selected, onSelect: select, marks };
  return (
    <div ref={takeRest} className={frame.page}>
      <Bar draft={draft} onPanel={setPanel} />
      {draft.theirs ? <ConflictNote theirs={draft.theirs} onTheirs={draft.takeTheirs} onMine={draft.keepMine} /> : null}
      <div className={frame.work}>
        {phone ? (
          <Outline {...shown} onAdd={readOnly ? undefined : adding.setPlace} />
        ) : (
          <>
            {wide && !readOnly ? <Palette offers={offers} onPick={(name) => pick(name, adding.behind(editor.selected))} onDrag={(event, name) => event.dataTransfer.setData(BLOCK_DRAG, name)} onLeave={back} /> : null}
            <div ref={host} className={frame.canvas} role="group" aria-label={t('workflows.canvas')} aria-describedby="canvas-keys" onKeyDown={onCanvasKeys}>
              <span id="canvas-keys" hidden>
                {t('workflows.canvas.keys')}
              </span>
              <Suspense fallback={<Skeleton h="100%" radius={0} />}>
                <WorkflowCanvas
                  {...shown}
                  changes={
                    readOnly
                      ? undefined
                      : {
                          onAdd: adding.setPlace,
                          onMoveStep: (id, to) => dispatch({ do: 'move', id, to }),
                          onDropBlock: pick,
                        }
                  }
                />
              </Suspense>
            </div>
            {editor.selected ? (
              <aside className={classes.inspector} aria-label={t('workflows.inspector')} onKeyDown={(event) => (event.key === 'Escape' && !event.defaultPrevented && !(event.target as Element).closest('[aria-expanded=true]') ? close() : undefined)}>
                <Suspense fallback={<Skeleton h="100%" radius={0} />}>
                  <Inspector key={editor.selected} name={editor.selected} onClose={close} />
                </Suspense>
              </aside>
            ) : null}
          </>
        )}
      </div>
      {phone && editor.selected ? (
        <SideDrawer title={<bdi>{title(editor.selected).title}</bdi>} onClose={() => select(null)}>
          <Suspense fallback={<Skeleton h={300} />}>
            <Inspector key={editor.selected} name={editor.selected} />
          </Suspense>
        </SideDrawer>
      ) : null}
      <Suspense>
        {adding.place ? <AddMenu offers={offers} where={where(adding.place)} onPick={(name) => pick(name, adding.place!)} onClose={() => (adding.setPlace(undefined), back())} /> : null}
        {panel === 'problems' ? <ProblemsPanel onGo={goTo} onClose={() => setPanel(undefined)} /> : null}
        {panel === 'publish' ? <PublishDialog draft={draft} onProblem={goTo} onClose={() => setPanel(undefined)} /> : null}
        {panel === 'versions' ? <VersionsDrawer onClose={() => setPanel(undefined)} /> : null}
        {panel === 'rehearsal' ? <RehearsalDrawer draft={draft} onClose={() => setPanel(undefined)} /> : null}
        {panel === 'test' || panel === 'start' ? <TryDialog draft={draft} test={panel === 'test'} onClose={() => setPanel(undefined)} /> : null}
        {panel === 'details' ? <DetailsDialog draft={draft} onClose={() => setPanel(undefined)} /> : null}
        {panel === 'delete' ? <DeleteDialog workflow={workflow} draft={draft} onClose={() => setPanel(undefined)} /> : null}
      </Suspense>
      <LeaveGuard when={draft.saving === 'failed' || draft.saving === 'conflict'} />
    </div>
  );
}

/** Behind what something is added, in words. */
function useWhere() {
  const { t } = useLang();
  const { definition } = useBuilder();
  const title = useTitle();
  return (place: Place): string => {
    const before = stepBefore(definition, place);
    if (before) return t('workflows.add.behind', { name: title(before.id).title });
    return place.of === null ? t('workflows.add.first') : t('workflows.add.in', { name: title(laneKey(place)).title });
  };
}
