// Stacked bars over time. A step without data has no bar; one with nothing but zeros has a line.
import { theme } from 'antd';
import { useLayoutEffect, useRef, useState } from 'react';
import { useMode } from '../app/theme';
import styles from './BarChart.module.css';

export interface Step {
  label: string; // below the bar
  title: string; // in full
  values?: Map<string, number>; // by series; none: no data
}

// Each stands out from both backgrounds by 3:1, and from its neighbours.
const LIGHT = ['#1668dc', '#d4720b', '#23824a', '#8b46c9', '#c0325b', '#0b8085', '#7a6a00', '#5c6773'];
const DARK = ['#5b9bff', '#f0a04b', '#54bd7d', '#b98af0', '#f0719a', '#3fc1c6', '#d1bd3d', '#a3adb8'];

const HEIGHT = 240;
const MARGIN = { top: 10, right: 4, bottom: 24, left: 60 };
const LABEL_PX = 76;

// 1, 2 or 5 times a power of ten, of bytes in their units, so that at most five lines are drawn.
function stepOf(most: number, bytes: boolean): number {
  const rough = Math.max(most / 4, 1);
  const unit = bytes ? 1024 ** Math.floor(Math.log2(rough) / 10) : 1;
  const power = unit * 10 ** Math.floor(Math.log10(rough / unit));
  return [1, 2, 5, 10].map((times) => times * power).find((step) => step >= rough)!;
}

function useWidth() {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = box.current!;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    setWidth(element.clientWidth);
    return () => observer.disconnect();
  }, []);
  return { box, width };
}

function Bar({ values, series, colours, x, width, height, scale, line }: {
  values: Map<string, number>; series: string[]; colours: string[]; x: number; width: number;
  height: number; scale: number; line: string;
}) {
  let top = height;
  const parts = series.map((name, i) => {
    const size = (values.get(name) ?? 0) * scale;
    if (size === 0) return null;
    top -= size;
    return (
      <rect key={name} x={x} y={top} width={width} height={Math.max(size, 1)}
        fill={colours[i % colours.length]} />
    );
  });
  // Something happened here, but none of this.
  if (top === height) return <rect x={x} y={height - 2} width={width} height={2} fill={line} />;
  return <>{parts}</>;
}

export function BarChart({ steps, series, label, number, noData, bytes = false }: {
  steps: Step[]; series: string[]; label: string; number: (value: number) => string; noData: string;
  bytes?: boolean;
}) {
  const { token } = theme.useToken();
  const colours = useMode().dark ? DARK : LIGHT;
  const { box, width } = useWidth();
  const [at, setAt] = useState<number>();
  const plot = { width: Math.max(width - MARGIN.left - MARGIN.right, 1), height: HEIGHT - MARGIN.top - MARGIN.bottom };
  const totals = steps.map(({ values }) => Array.from(values?.values() ?? []).reduce((a, b) => a + b, 0));
  const tick = stepOf(Math.max(...totals, 0), bytes);
  const most = Math.max(Math.ceil(Math.max(...totals, 0) / tick), 1) * tick;
  const scale = plot.height / most;
  const slot = plot.width / Math.max(steps.length, 1);
  const gap = Math.min(slot * 0.25, 8);
  const each = Math.max(Math.ceil((LABEL_PX * steps.length) / plot.width), 1);
  const ticks = Array.from({ length: most / tick + 1 }, (_, i) => i * tick);
  const shown = at === undefined ? undefined : steps[at];

  return (
    <div ref={box} className={styles.chart} onPointerLeave={() => setAt(undefined)}
      onPointerMove={(event) => {
        const inside = event.clientX - event.currentTarget.getBoundingClientRect().left - MARGIN.left;
        const index = Math.floor(inside / slot);
        setAt(index >= 0 && index < steps.length ? index : undefined);
      }}>
      <svg width={width} height={HEIGHT} role="img" aria-label={label}>
        <g transform={`translate(${MARGIN.left},${MARGIN.top})`} className={styles.axis}
          fill={token.colorTextSecondary}>
          {ticks.map((value) => (
            <g key={value} transform={`translate(0,${plot.height - value * scale})`}>
              <line x2={plot.width} stroke={token.colorBorderSecondary} />
              <text x={-8} dy="0.32em" textAnchor="end">{number(value)}</text>
            </g>
          ))}
          {at !== undefined && (
            <rect x={at * slot} width={slot} height={plot.height} fill={token.colorFillSecondary} />
          )}
          {steps.map(({ values, label: name }, i) => (
            <g key={i}>
              {values && (
                <Bar values={values} series={series} colours={colours} x={i * slot + gap / 2}
                  width={slot - gap} height={plot.height} scale={scale} line={token.colorTextQuaternary} />
              )}
              {i % each === 0 && (
                <text x={i * slot + slot / 2} y={plot.height + 18} textAnchor="middle">{name}</text>
              )}
            </g>
          ))}
        </g>
      </svg>
      {shown && (
        <div className={styles.tip} style={{
          background: token.colorBgElevated, borderColor: token.colorBorderSecondary,
          ...(at! > steps.length / 2
            ? { right: width - MARGIN.left - at! * slot + 8 }
            : { left: MARGIN.left + (at! + 1) * slot + 8 }),
        }}>
          <strong>{shown.title}</strong>
          {!shown.values && noData}
          {series.map((name, i) => shown.values?.has(name) && (
            <span key={name} className={styles.line}>
              <span className={styles.dot} style={{ background: colours[i % colours.length] }} />
              <span>{name}</span>
              <span>{number(shown.values.get(name)!)}</span>
            </span>
          ))}
        </div>
      )}
      <ul className={styles.legend}>
        {series.map((name, i) => (
          <li key={name}>
            <span className={styles.dot} style={{ background: colours[i % colours.length] }} />{name}
          </li>
        ))}
      </ul>
    </div>
  );
}
