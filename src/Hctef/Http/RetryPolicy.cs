using Polly;
using Polly.Retry;

namespace Hctef.Http;

/// <summary>
/// Repeats attempts that fail transiently, request and body as one. Safe for concurrent use: what one execution spends is its own.
/// </summary>
internal sealed class RetryPolicy
{
    private static readonly ResiliencePropertyKey<RetryBudget> BudgetKey = new("Hctef.RetryBudget");

    private readonly HctefRetryOptions _options;
    private readonly ResiliencePipeline _pipeline;

    public RetryPolicy(HctefRetryOptions options, TimeProvider time)
    {
        _options = options;
        _pipeline = options.MaxRetries == 0 ? ResiliencePipeline.Empty : CreatePipeline(time);
    }

    /// <summary>Runs an attempt, again and again while it fails with a transient <see cref="HctefNetworkException"/>.</summary>
    /// <exception cref="HctefNetworkException">The last failure: not transient, out of retries, or to be waited for too long.</exception>
    public async ValueTask ExecuteAsync<TState>(
        Func<TState, CancellationToken, ValueTask> attempt, TState state, CancellationToken cancellationToken)
        where TState : IRetryObserver
    {
        ResilienceContext context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, cancellationToken);
        try
        {
            context.Properties.Set(BudgetKey, new RetryBudget(_options, state));
            await _pipeline.ExecuteAsync(
                static (run, work) => work.attempt(work.state, run.CancellationToken), context, (attempt, state)).ConfigureAwait(false);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    // The budget decides when it is over and how long to wait, because progress refills it; Polly counts from the start only.
    private static ResiliencePipeline CreatePipeline(TimeProvider time) =>
        new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = int.MaxValue,
                ShouldHandle = static args => ValueTask.FromResult(BudgetOf(args.Context).TrySpend(args.Outcome.Exception)),
                DelayGenerator = static args =>
                    ValueTask.FromResult<TimeSpan?>(BudgetOf(args.Context).NextDelay(args.Outcome.Exception)),
                OnRetry = static args =>
                {
                    BudgetOf(args.Context).Report(args.RetryDelay, args.Outcome.Exception);
                    return default;
                },
            })
            .Build();

    private static RetryBudget BudgetOf(ResilienceContext context) => context.Properties.GetValue(BudgetKey, null!);
}
