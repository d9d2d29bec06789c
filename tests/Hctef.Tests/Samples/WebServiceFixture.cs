namespace Hctef.Tests.Samples;

/// <summary>One run of the sample, for all who ask it.</summary>
public sealed class WebServiceFixture : IAsyncLifetime
{
    private readonly ScratchFolder _folder = new();
    private SampleProcess? _process;

    public HttpClient Client { get; } = new();

    public async Task InitializeAsync()
    {
        _process = SampleProcess.Start("WebService", _folder, settings: [], "--urls=http://127.0.0.1:0");
        Client.BaseAddress = new Uri(await _process.WhenPrintedAsync("Now listening on: "));
    }

    public Task DisposeAsync()
    {
        Client.Dispose();
        _process?.Dispose();
        _folder.Dispose();
        return Task.CompletedTask;
    }
}
