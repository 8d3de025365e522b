// A few lines over the last minutes: small, and read by screen readers as its last values.
import { theme } from 'antd';
import styles from './LineChart.module.css';

export interface Line {
  label: string;
  colour: string;
  values: (number | undefined)[]; // undefined: not measured
}

const WIDTH = 600;
const HEIGHT = 120;

// 1, 2 or 5 times a power of ten: where the axis ends.
function ceiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-9)));
  return [1, 2, 5, 10].map((n) => n * power).find((n) => n >= value) ?? value;
}

function path(values: (number | undefined)[], most: number): string {
  const step = WIDTH / Math.max(values.length - 1, 1);
  let pen = 'M';
  return values.map((value, i) => {
    if (value === undefined) {
      pen = 'M';
      return '';
    }
    const point = `${pen}${(i * step).toFixed(1)},${(HEIGHT - (value / most) * HEIGHT).toFixed(1)}`;
    pen = 'L';
    return point;
  }).join('');
}

export function LineChart({ lines, format, label }: {
  lines: Line[]; format: (value: number) => string; label: string;
}) {
  const { token } = theme.useToken();
  const values = lines.flatMap((line) => line.values).filter((value) => value !== undefined);
  const most = ceiling(Math.max(...values, 1));
  const last = (line: Line) => line.values.findLast((value) => value !== undefined);
  const said = lines.map((line) => `${line.label} ${format(last(line) ?? 0)}`).join(', ');
  return (
    <figure className={styles.figure}>
      <figcaption className={styles.legend}>
        {lines.map((line) => {
          const value = last(line);
          return (
            <span key={line.label}>
              <i className={styles.dot} style={{ background: line.colour }} />
              {`${line.label} `}
              <strong>{value === undefined ? '—' : format(value)}</strong>
            </span>
          );
        })}
      </figcaption>
      <div className={styles.plot}>
        <span className={styles.most} style={{ color: token.colorTextDescription }}>{format(most)}</span>
        <svg viewBox={`0 -2 ${WIDTH} ${HEIGHT + 4}`} preserveAspectRatio="none" role="img"
          aria-label={`${label}: ${said}`} className={styles.svg}>
          {[0, 0.5, 1].map((part) => (
            <line key={part} x1={0} x2={WIDTH} y1={HEIGHT * part} y2={HEIGHT * part}
              stroke={token.colorBorderSecondary} vectorEffect="non-scaling-stroke" />
          ))}
          {lines.map((line) => (
            <path key={line.label} d={path(line.values, most)} fill="none" stroke={line.colour}
              strokeWidth={2} strokeLinejoin="round" vectorEffect="non-scaling-stroke" />
          ))}
        </svg>
      </div>
    </figure>
  );
}
