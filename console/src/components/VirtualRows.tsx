// A list of any length of which only what is seen is in the page. Beyond what browsers can scroll,
// the bar stands for more than it is long.
import { type ReactNode, useEffect, useRef, useState } from 'react';
import styles from './VirtualRows.module.css';

const TALLEST = 8_000_000; // px; browsers end somewhere above 16 million
const SPARE = 8; // rows above and below

export interface VirtualRowsProps {
  count: number;
  rowHeight: number;
  row: (index: number) => ReactNode;
  label: string;
  // What is seen now, so that it can be fetched.
  onRange?: (first: number, last: number) => void;
  // Another value: from the top again.
  resetKey?: string;
  header?: ReactNode;
  role?: 'table' | 'list';
  className?: string;
  height?: number; // else what the frame around it leaves
}

export function VirtualRows(props: VirtualRowsProps) {
  const { count, rowHeight, row, label, onRange, resetKey, header, role = 'table' } = props;
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });

  useEffect(() => {
    const element = box.current!;
    const measure = () => setView({ top: element.scrollTop, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener('scroll', measure, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', measure);
    };
  }, []);
  useEffect(() => {
    box.current?.scrollTo({ top: 0 });
  }, [resetKey]);

  const full = count * rowHeight;
  const shown = Math.min(full, TALLEST);
  const range = Math.max(shown - view.height, 1);
  const scale = full > shown ? (full - view.height) / range : 1;
  const offset = Math.min(view.top, range) * scale;
  const first = Math.max(0, Math.floor(offset / rowHeight) - SPARE);
  const last = Math.min(count - 1, Math.ceil((offset + view.height) / rowHeight) + SPARE);
  useEffect(() => {
    if (last >= first) onRange?.(first, last);
  }, [first, last, onRange]);

  const rows: ReactNode[] = [];
  for (let index = first; index <= last; ++index) {
    const top = index * rowHeight - offset + Math.min(view.top, range);
    rows.push(
      <div key={index} role={role === 'table' ? 'row' : 'listitem'}
        aria-rowindex={role === 'table' ? index + 2 : undefined}
        className={styles.row} style={{ height: rowHeight, transform: `translateY(${top}px)` }}>
        {row(index)}
      </div>);
  }
  const isTable = role === 'table';
  const outer = isTable ? { role, 'aria-label': label, 'aria-rowcount': count + 1 } : {};
  const inner = isTable ? { role: 'rowgroup' } : { role, 'aria-label': label };
  return (
    <div {...outer} className={`${styles.frame} ${props.className ?? ''}`} style={{ height: props.height }}>
      {header && <div role="row" aria-rowindex={1} className={styles.header}>{header}</div>}
      <div ref={box} {...inner} className={styles.box} tabIndex={0}>
        <div className={styles.spacer} role="presentation" style={{ height: shown }}>{rows}</div>
      </div>
    </div>
  );
}
