// A policy as text: numbered lines, the fault at its line.
import { CloseCircleFilled } from '@ant-design/icons';
import { theme } from 'antd';
import { useEffect, useRef } from 'react';
import { useText } from '../../../app/text';
import type { Fault } from './jsonText';
import { text as messages } from './messages';
import styles from './JsonEditor.module.css';

interface Props {
  value: string;
  onChange?: (text: string) => void; // none: only to be read
  fault?: Fault;
  marked?: [first: number, last: number]; // lines to look at
  label: string;
  rows?: number;
}

export function JsonEditor({ value, onChange, fault, marked, label, rows = 12 }: Props) {
  const t = useText(messages);
  const { token } = theme.useToken();
  const gutter = useRef<HTMLDivElement>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const lines = value.split('\n').length;
  useEffect(() => {
    if (!marked || !area.current) return;
    area.current.scrollTop = Math.max(0, (marked[0] - 3) * 20);
  }, [marked]);
  const colorOf = (line: number) => fault?.line === line ? token.colorErrorBg
    : marked && line >= marked[0] && line <= marked[1] ? token.colorWarningBg : undefined;
  // Behind the text, and scrolled with it.
  const mark = ([first, last]: [number, number], color: string) => ({
    backgroundImage: `linear-gradient(${color}, ${color})`, backgroundRepeat: 'no-repeat',
    backgroundPosition: `0 ${8 + (first - 1) * 20}px`, backgroundSize: `100% ${(last - first + 1) * 20}px`,
    backgroundAttachment: 'local',
  });
  const behind = fault ? mark([fault.line, fault.line], token.colorErrorBg)
    : marked && mark(marked, token.colorWarningBg);
  return (
    <div>
      <div className={styles.box} style={{
        borderColor: fault ? token.colorError : token.colorBorder, background: token.colorFillQuaternary,
      }}>
        <div ref={gutter} aria-hidden className={styles.gutter} style={{ color: token.colorTextTertiary }}>
          {Array.from({ length: lines }, (_, i) => (
            <div key={i} style={{
              background: colorOf(i + 1), color: fault?.line === i + 1 ? token.colorErrorText : undefined,
            }}>{i + 1}</div>
          ))}
        </div>
        <textarea ref={area} className={styles.text} style={{ color: token.colorText, ...behind }} value={value}
          aria-label={label} aria-invalid={fault !== undefined} readOnly={!onChange} spellCheck={false}
          aria-describedby={fault ? 'policy-fault' : undefined} wrap="off" dir="ltr"
          rows={Math.min(30, Math.max(rows, onChange ? lines + 1 : lines))}
          onChange={(event) => onChange?.(event.target.value)}
          onScroll={(event) => {
            gutter.current!.scrollTop = event.currentTarget.scrollTop;
          }} />
      </div>
      {fault && (
        <div id="policy-fault" role="alert" className={styles.fault} style={{ color: token.colorErrorText }}>
          <CloseCircleFilled aria-hidden />{' '}
          <button type="button" className={styles.jump} style={{ color: token.colorErrorText }} onClick={() => {
            const before = value.split('\n').slice(0, fault.line - 1).join('\n').length;
            area.current!.focus();
            area.current!.setSelectionRange(before + (fault.line > 1 ? 1 : 0) + fault.column - 1,
              value.split('\n').slice(0, fault.line).join('\n').length);
          }}>{t.lineOf(fault.line)}</button>
          {`: ${fault.message}`}
        </div>
      )}
    </div>
  );
}
