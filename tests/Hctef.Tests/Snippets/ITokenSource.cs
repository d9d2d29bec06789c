using Recipes;

namespace Hctef.Tests.Snippets;

/// <summary>Stands for whatever gives a reader of the recipes tokens.</summary>
internal interface ITokenSource
{
    ValueTask<AccessToken> GetTokenAsync(CancellationToken cancellationToken);
}
