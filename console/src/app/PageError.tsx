import { Button, Result } from 'antd';
import { useRouteError } from 'react-router-dom';
import { text } from './messages';
import { useText } from './text';

export function PageError() {
  const t = useText(text);
  const error = useRouteError();
  return (
    <Result
      status="error"
      title={t.failed}
      subTitle={error instanceof Error ? error.message : undefined}
      extra={<Button onClick={() => location.reload()}>{t.reload}</Button>}
    />
  );
}
