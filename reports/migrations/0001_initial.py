
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('monitoring', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('screens', models.JSONField(default=list, verbose_name='screens')),
                ('cadence', models.CharField(choices=[('week', 'week'), ('month', 'month'), ('quarter', 'quarter')], default='month', max_length=8, verbose_name='period')),
                ('scheduled', models.BooleanField(default=False, verbose_name='sent when a period has ended')),
                ('made_at', models.DateTimeField(verbose_name='made at')),
                ('stopped_at', models.DateTimeField(blank=True, null=True, verbose_name='stopped at')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
                ('recipients', models.ManyToManyField(related_name='received_reports', to=settings.AUTH_USER_MODEL, verbose_name='recipients')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='monitoring.region', verbose_name='region')),
            ],
            options={
                'verbose_name': 'report',
                'verbose_name_plural': 'reports',
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ViewLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('screen', models.CharField(max_length=40, verbose_name='screen')),
                ('subject', models.BigIntegerField(blank=True, null=True, verbose_name='object of the screen')),
                ('query', models.CharField(blank=True, max_length=4000, verbose_name='filter')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('made_at', models.DateTimeField(verbose_name='made at')),
                ('code_digest', models.CharField(max_length=64, unique=True, verbose_name='digest of the code')),
                ('expires_at', models.DateTimeField(verbose_name='open until')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked at')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='monitoring.region', verbose_name='region')),
            ],
            options={
                'verbose_name': 'read-only link',
                'verbose_name_plural': 'read-only links',
                'ordering': ['-made_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('screen', models.CharField(max_length=40, verbose_name='screen')),
                ('subject', models.BigIntegerField(blank=True, null=True, verbose_name='object of the screen')),
                ('query', models.CharField(blank=True, max_length=4000, verbose_name='filter')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('made_at', models.DateTimeField(verbose_name='made at')),
                ('shared', models.BooleanField(default=False, verbose_name='shared in the region')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_views', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='monitoring.region', verbose_name='region')),
            ],
            options={
                'verbose_name': 'saved view',
                'verbose_name_plural': 'saved views',
                'ordering': ['name', 'pk'],
                'constraints': [models.UniqueConstraint(models.F('owner'), models.F('region'), models.F('name'), name='saved_view_name')],
            },
        ),
    ]
