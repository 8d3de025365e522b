import { ArrowLeftOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router-dom';
import { useText } from '../../../app/text';
import { text as messages } from '../messages';
import styles from './people.module.css';

export function Back({ to, title, extra }: { to: string; title: ReactNode; extra?: ReactNode }) {
  const t = useText(messages);
  const navigate = useNavigate();
  return (
    <div className={styles.row}>
      <Button type="text" icon={<ArrowLeftOutlined />} aria-label={t.back} title={t.back}
        onClick={() => navigate(to)} />
      <h2 className={`${styles.title} ${styles.grow}`}>{title}</h2>
      {extra}
    </div>
  );
}
