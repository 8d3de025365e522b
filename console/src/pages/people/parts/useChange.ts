// A change on the server: done, what was read before is read again, and the page says so.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App } from 'antd';

export function useChange<V, R = unknown>(
  change: (value: V) => Promise<R>, options: { done?: string; onDone?: (result: R, value: V) => void } = {},
) {
  const queries = useQueryClient();
  const { message } = App.useApp();
  return useMutation({
    mutationFn: change,
    onSuccess: async (result, value) => {
      if (options.done) void message.success(options.done);
      options.onDone?.(result, value);
      await queries.invalidateQueries({ queryKey: ['people'] });
    },
  });
}
