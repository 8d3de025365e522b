// What takes long, behind a dialog that shows how far it is and can stop it.
import { Button, Modal, Progress } from 'antd';
import { useState } from 'react';
import { useText } from '../../app/text';
import { Failure } from '../../components/Failure';
import type { Work } from './actions';
import { text } from './messages';

export function useWork(onDone: () => void) {
  const t = useText(text);
  const [title, setTitle] = useState<string>();
  const [done, setDone] = useState(0);
  const [error, setError] = useState<unknown>();
  const [controller, setController] = useState<AbortController>();
  const close = () => {
    setTitle(undefined);
    setError(undefined);
    onDone();
  };
  const run = async (name: string, work: (work: Work) => Promise<void>) => {
    const stop = new AbortController();
    setController(stop);
    setDone(0);
    setError(undefined);
    setTitle(name);
    try {
      await work({ signal: stop.signal, onProgress: setDone });
      close();
    } catch (reason) {
      if (stop.signal.aborted) close();
      else setError(reason);
    }
  };
  const element = (
    <Modal open={title !== undefined} title={title} closable={false} mask={{ closable: false }} footer={
      error ? <Button onClick={close}>{t.close}</Button>
        : <Button onClick={() => controller?.abort()}>{t.stop}</Button>
    }>
      {error ? <Failure error={error} /> : (
        <>
          <Progress percent={100} status="active" showInfo={false} aria-label={title} />
          <p aria-live="polite">{t.working(done)}</p>
        </>
      )}
    </Modal>
  );
  return { run, element };
}
