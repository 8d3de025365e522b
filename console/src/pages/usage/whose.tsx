// Whose usage is shown: everyone's to those whom policy lets see it, one's own to everybody.
import { Segmented } from 'antd';
import { useState } from 'react';
import { ApiError } from '../../api/errors';
import { useText } from '../../app/text';
import { Failure } from '../../components/Failure';
import { text } from './messages';
import styles from './Usage.module.css';

export type Whose = 'all' | 'own';

export interface WhoseState {
  whose: Whose;
  choose: (whose: Whose) => void;
  denial: ApiError | undefined; // of everyone's
  // What asked for everyone's and failed says so: what is denied once is not asked for again and again.
  failed: (error: unknown) => void;
  retry: () => void;
}

export const isDenied = (error: unknown): error is ApiError => error instanceof ApiError && error.denied;

export function useWhose(): WhoseState {
  const [chosen, choose] = useState<Whose>('all');
  const [denial, setDenial] = useState<ApiError>();
  return {
    whose: denial ? 'own' : chosen, choose, denial,
    failed: (error) => isDenied(error) && setDenial(error),
    retry: () => setDenial(undefined),
  };
}

export function WhoseChooser({ state, own, all }: { state: WhoseState; own: string; all: string }) {
  const t = useText(text);
  if (state.denial) {
    return (
      <div className={styles.groups}>
        <Failure error={state.denial} notice={t.onlyOwn} onRetry={state.retry} />
      </div>
    );
  }
  return (
    <Segmented<Whose> className={styles.groups} aria-label={t.whoseLabel} value={state.whose}
      onChange={state.choose} options={[{ value: 'all', label: all }, { value: 'own', label: own }]} />
  );
}
