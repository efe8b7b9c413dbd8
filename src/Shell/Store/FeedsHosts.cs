using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace SmartCity.Shell.Store;

[DbContext(typeof(FeedsDb)), Migration("20261122210000_Hosts")]
internal sealed class FeedsHosts : ModuleMigration
{
    protected override string ModuleKey => FeedsDb.Module;

    protected override void Up(MigrationBuilder m)
    {
        m.CreateTable(Table("states"), schema: Schema, columns: t => new
        {
            Feed = t.Column<string>(maxLength: 100),
            LastAttempt = t.Column<long>(nullable: true),
            LastSuccess = t.Column<long>(nullable: true),
            Outcome = t.Column<short>(),
            Detail = t.Column<string>(nullable: true),
            Rows = t.Column<int>(),
            Took = t.Column<int>(),
            Failures = t.Column<int>(),
            Fetches = t.Column<long>(),
            AsOf = t.Column<long>(nullable: true),
            NothingMeasured = t.Column<bool>(),
            LeftOut = t.Column<int>(),
            NextAttempt = t.Column<long>(nullable: true),
            CallsToday = t.Column<int>(),
        }, constraints: t => t.PrimaryKey("PK_feeds_states", x => x.Feed));
        m.CreateTable(Table("writers"), schema: Schema, columns: t => new { Feed = t.Column<string>(maxLength: 100), Writer = t.Column<string>(maxLength: 32) }, constraints: t => t.PrimaryKey("PK_feeds_writers", x => x.Feed));
    }
}
