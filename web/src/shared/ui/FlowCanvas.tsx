import { ActionIcon, useComputedColorScheme } from '@mantine/core';
import { useReducedMotion } from '@mantine/hooks';
import { IconMaximize, IconZoomIn, IconZoomOut } from '@tabler/icons-react';
import { Background, BackgroundVariant, type Node, Panel, ReactFlow, ReactFlowProvider, useReactFlow, ViewportPortal } from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import { type ReactNode, useEffect, useMemo, useRef } from 'react';
import { dirOf, useLang } from '@/shared/i18n';
import classes from './FlowCanvas.module.css';

type Area = { x: number; y: number; w: number; h: number };
export type FlowBox = Area & { key: string };
export type FlowLine = { d: string; lit?: boolean };

type Props<B extends FlowBox> = {
  boxes: B[];
  /** What a box shows. */
  render: (box: B) => ReactNode;
  frames: FlowBox[];
  lines: FlowLine[];
  /** What else lies on the canvas, in its own measure. */
  children?: ReactNode;
  /** The box that is to be in sight. */
  focus: string | null;
  /** The background was pressed. */
  onEmpty?: () => void;
  /** Something of the page lies over it. */
  panel?: ReactNode;
};

const MARGIN = 40;
const LEAST_ZOOM = 0.3;
/** Cards are still read at it. */
const READABLE = 0.65;
const clamp = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value));

function boundsOf(areas: readonly Area[]) {
  const [left, top] = [Math.min(...areas.map((a) => a.x)), Math.min(...areas.map((a) => a.y))];
  return { x: left, y: top, w: Math.max(...areas.map((a) => a.x + a.w)) - left, h: Math.max(...areas.map((a) => a.y + a.h)) - top };
}

type Placed = Node<{ content: ReactNode }, 'box'>;
const nodeTypes = { box: ({ data }: { data: Placed['data'] }) => data.content };

/** The one place that knows which canvas widget is used: boxes and lines where the page puts them, to move about and zoom. */
export function FlowCanvas<B extends FlowBox>(props: Props<B>) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
}

function Canvas<B extends FlowBox>({ boxes, render, frames, lines, children, focus, onEmpty, panel }: Props<B>) {
  const { t, lang } = useLang();
  const scheme = useComputedColorScheme('light');
  const still = useReducedMotion();
  const host = useRef<HTMLDivElement>(null);
  const flow = useReactFlow();
  const duration = still ? 0 : 180;
  const areas = useMemo(() => [...boxes, ...frames], [boxes, frames]);

  const room = () => {
    const size = host.current?.getBoundingClientRect();
    return size?.width ? { all: boundsOf(areas), width: size.width, height: size.height } : undefined;
  };
  const fit = () => {
    const now = room();
    if (!now) return;
    const { all, width, height } = now;
    const zoom = clamp(Math.min((width - 2 * MARGIN) / all.w, (height - 2 * MARGIN) / all.h), LEAST_ZOOM, 1);
    void flow.setViewport({ x: (width - all.w * zoom) / 2 - all.x * zoom, y: (height - all.h * zoom) / 2 - all.y * zoom, zoom }, { duration });
  };
  /** To begin with, what comes first, as large as one reads it. */
  const begin = () => {
    const now = room();
    if (!now) return;
    const { all, width } = now;
    const zoom = clamp((width - 2 * MARGIN) / all.w, READABLE, 1);
    // what is too wide even so is shown around its main line
    const wide = all.w * zoom > width - MARGIN;
    void flow.setViewport({ x: wide ? width / 2 : (width - all.w * zoom) / 2 - all.x * zoom, y: MARGIN - all.y * zoom, zoom });
  };

  useEffect(() => {
    const size = host.current?.getBoundingClientRect();
    const box = boxes.find((one) => one.key === focus);
    if (!size || !box) return;
    const { x, y, zoom } = flow.getViewport();
    const shift = (from: number, length: number, room: number) => (from < MARGIN ? MARGIN - from : Math.min(0, room - MARGIN - from - length));
    const [dx, dy] = [shift(box.x * zoom + x, box.w * zoom, size.width), shift(box.y * zoom + y, box.h * zoom, size.height)];
    if (dx || dy) void flow.setViewport({ x: x + dx, y: y + dy, zoom }, { duration });
  }, [focus, boxes]);

  const nodes = boxes.map((box): Placed => ({
    id: box.key,
    type: 'box',
    position: { x: box.x, y: box.y },
    width: box.w,
    height: box.h,
    // nothing is dragged or selected here, and so the widget would let everything through
    style: { pointerEvents: 'all' },
    data: {
      content: (
        <div className={classes.box} dir={dirOf(lang)}>
          {render(box)}
        </div>
      ),
    },
  }));

  return (
    // places are counted from the left in every language; what stands in a box runs in its own direction
    <div ref={host} className={classes.canvas} dir="ltr">
      <ReactFlow
        nodes={nodes}
        edges={[]}
        nodeTypes={nodeTypes}
        colorMode={scheme}
        onInit={begin}
        onPaneClick={() => onEmpty?.()}
        minZoom={LEAST_ZOOM}
        maxZoom={1.6}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        deleteKeyCode={null}
        selectionKeyCode={null}
        panActivationKeyCode={null}
        multiSelectionKeyCode={null}
        panOnScroll
        zoomOnDoubleClick={false}
        attributionPosition="bottom-left"
      >
        <Background variant={BackgroundVariant.Dots} gap={20} size={1.6} />
        <ViewportPortal>
          {frames.map(({ key, x, y, w, h }) => (
            <div key={key} className={classes.frame} style={{ transform: `translate(${x}px, ${y}px)`, width: w, height: h }} />
          ))}
          <svg className={classes.lines} aria-hidden>
            {lines.map(({ d, lit }, n) => (
              <path key={n} d={d} data-lit={lit || undefined} />
            ))}
          </svg>
          {children}
        </ViewportPortal>
        {panel ? <Panel position="top-left">{panel}</Panel> : null}
        <Panel position="bottom-right">
          <ActionIcon.Group>
            <ActionIcon variant="default" size={34} aria-label={t('canvas.zoomOut')} onClick={() => void flow.zoomOut({ duration })}>
              <IconZoomOut size={17} stroke={1.7} />
            </ActionIcon>
            <ActionIcon variant="default" size={34} aria-label={t('canvas.fit')} onClick={fit}>
              <IconMaximize size={17} stroke={1.7} />
            </ActionIcon>
            <ActionIcon variant="default" size={34} aria-label={t('canvas.zoomIn')} onClick={() => void flow.zoomIn({ duration })}>
              <IconZoomIn size={17} stroke={1.7} />
            </ActionIcon>
          </ActionIcon.Group>
        </Panel>
      </ReactFlow>
    </div>
  );
}
