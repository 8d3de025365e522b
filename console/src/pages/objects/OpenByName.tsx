// For who may read a bucket but not see which there are.
import { Button, Card, Form, Input } from 'antd';
import { useNavigate } from 'react-router-dom';
import { useText } from '../../app/text';
import { text } from './messages';
import { BUCKET_NAME, placeOf } from './names';

export function OpenByName() {
  const t = useText(text);
  const navigate = useNavigate();
  return (
    <Card title={t.openTitle}>
      <Form layout="inline" requiredMark={false}
        onFinish={({ name }: { name: string }) => navigate(placeOf(name))}>
        <Form.Item name="name" label={t.openLabel}
          rules={[{ required: true, pattern: BUCKET_NAME, message: t.bucketNameWrong }]}>
          <Input spellCheck={false} autoComplete="off" />
        </Form.Item>
        <Button type="primary" htmlType="submit">{t.openBucket}</Button>
      </Form>
    </Card>
  );
}
