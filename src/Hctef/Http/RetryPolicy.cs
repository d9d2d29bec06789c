using System.Runtime.CompilerServices;
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
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline _pipeline;

    public RetryPolicy(HctefRetryOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _pipeline = options.MaxRetries == 0 ? ResiliencePipeline.Empty : CreatePipeline(time);
    }

    /// <summary>Runs an attempt, again and again while it fails with a transient <see cref="HctefNetworkException"/>.</summary>
    /// <exception cref="HctefNetworkException">The last failure: not transient, out of retries, or to be waited for too long.</exception>
    public async ValueTask ExecuteAsync<TState>(
        Func<TState, CancellationToken, ValueTask> attempt, TState state, CancellationToken cancellationToken)
        where TState : IRetryObserver
    {
        var budget = new RetryBudget(_options, state, _time);
        HctefNetworkException first;
        try
        {
            await attempt(state, cancellationToken).ConfigureAwait(false);
            return;
        }
        catch (HctefNetworkException failure) when (_pipeline != ResiliencePipeline.Empty)
        {
            first = failure;
        }

        await RetryAsync(attempt, state, first, budget, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Hands the rest to the pipeline, with a first attempt that has failed already: one that succeeds need not pay for it.</summary>
    private async ValueTask RetryAsync<TState>(
        Func<TState, CancellationToken, ValueTask> attempt,
        TState state,
        HctefNetworkException first,
        RetryBudget budget,
        CancellationToken cancellationToken)
    {
        ResilienceContext context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, cancellationToken);
        try
        {
            context.Properties.Set(BudgetKey, budget);
            var failed = new StrongBox<HctefNetworkException?>(first);
            await _pipeline.ExecuteAsync(
                static (run, work) => Interlocked.Exchange(ref work.failed.Value, value: null) is { } failure
                    ? ValueTask.FromException(failure)
                    : work.attempt(work.state, run.CancellationToken),
                context,
                (attempt, state, failed)).ConfigureAwait(false);
        }
        catch (HctefNetworkException last) when (budget.Refusal is { } refusal)
        {
            throw new HctefNetworkException(
                last.Error, $"{last.Message} {refusal}", last.InnerException, last.StatusCode, last.RetryAfter, last.IsTransient);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    // The budget decides when it is over and how long to wait, because progress refills it; Polly counts from the start only. It waits,
    // too: a wait of Polly's cannot be cut short.
    private static ResiliencePipeline CreatePipeline(TimeProvider time) =>
        new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = int.MaxValue,
                ShouldHandle = static args => ValueTask.FromResult(BudgetOf(args.Context).TrySpend(args.Outcome.Exception)),
                DelayGenerator = static _ => ValueTask.FromResult<TimeSpan?>(TimeSpan.Zero),
                OnRetry = static args =>
                    BudgetOf(args.Context).SleepAsync(args.Outcome.Exception!, args.Context.CancellationToken),
            })
            .Build();

    private static RetryBudget BudgetOf(ResilienceContext context) => context.Properties.GetValue(BudgetKey, null!);
}
