using System.Globalization;
using Hctef.Http;

namespace Hctef.Options;

/// <summary>What must hold for the options of the egress guard: an entry that could match nothing is a typing error.</summary>
internal static class HctefEgressRules
{
    public static void Check(HctefEgressOptions options, string path, OptionsProblems problems)
    {
        CheckHosts(options.AllowedHosts, path + nameof(options.AllowedHosts), problems);
        CheckHosts(options.DeniedHosts, path + nameof(options.DeniedHosts), problems);
        foreach (string? scheme in options.AllowedSchemes)
        {
            if (!EgressPolicy.IsScheme(scheme))
                problems.Add(path + nameof(options.AllowedSchemes), $"has '{PrintableText.Of(scheme ?? "")}', but may have http and https only");
        }

        foreach (int port in options.AllowedPorts)
        {
            if (port is < 1 or > 65_535)
            {
                string text = port.ToString(CultureInfo.InvariantCulture);
                problems.Add(path + nameof(options.AllowedPorts), $"has {text}, but ports are from 1 to 65535");
            }
        }
    }

    private static void CheckHosts(IList<string> hosts, string option, OptionsProblems problems)
    {
        foreach (string? host in hosts)
        {
            if (!HostSet.IsEntry(host))
            {
                problems.Add(
                    option,
                    $"has '{PrintableText.Of(host ?? "")}', which is neither a name, '*.' and a name, '*', an address nor a network "
                    + "(such as 10.20.0.0/16); give no scheme and no port");
            }
        }
    }
}
